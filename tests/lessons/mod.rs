//! The claims of the lessons under `examples/`, each by its own mathematics.

mod blurry_mean;
mod boosting;
mod choose_lambda;
mod clip_epsilon;
mod decay_factor;
mod dropout_network;
mod exploding_gradients;
mod fixed_rate;
mod gaussian_likelihood;
mod gradient_descent;
mod input_shift;
mod lasso_path;
mod loss_shapes;
mod more_data;
mod more_layers;
mod penalty_contours;
mod polynomial_degree;
mod ridge_path;
mod saturation;
mod two_layer_network;
mod zero_condition;

/// Each lesson has its picture, its test, its row in the list of lessons and its place in the guide.
#[test]
fn every_lesson_is_shown_and_tested() {
    let root = crate::tree::root();
    let read = |path: &str| std::fs::read_to_string(root.join(path)).expect(path);
    let (readme, guide, tests) =
        (read("examples/README.md"), read("src/guide.md"), read("tests/lessons/mod.rs"));
    let folders = std::fs::read_dir(root.join("examples")).expect("examples");
    let folders = folders.map(|entry| entry.expect("entry").path());
    let mut lessons = 0;
    for folder in folders.filter(|folder| folder.join("lesson.rs").exists()) {
        lessons += 1;
        let name = folder.file_name().and_then(|name| name.to_str()).expect("a name");
        let picture = read(&format!("pictures/{name}.svg"));
        assert!(picture.contains("</svg>") && picture.len() < 64 << 10, "{name}");
        assert!(tests.contains(&format!("mod {name};")), "{name} has no test");
        assert!(readme.contains(&format!("`{name}`")), "{name} is not in examples/README.md");
        assert!(guide.contains(&format!("pictures/{name}.svg")), "{name} is not in the guide");
    }
    assert!(lessons >= 21, "{lessons}");
}
