//! The minimum moves to 0 with lambda; the one-standard-error rule drops features.

use lessons::choose_lambda as lesson;
use lessons::shared::regression::Regression;
use lessons::shared::table::Table;

#[test]
fn the_minimum_moves_to_zero_and_stays() {
    assert!((lesson::minimum(0.0).unwrap() - 1.0).abs() < 1e-12);
    assert!((lesson::minimum(0.5).unwrap() - 0.75).abs() < 1e-12);
    assert!(lesson::minimum(1.999).unwrap() > 0.0);
    // The slope of (x - 1)^2 at 0 is -2: from there on exactly 0.
    for lambda in [2.0, 2.001, 10.0] {
        assert_eq!(lesson::minimum(lambda).unwrap(), 0.0);
    }
    for lambda in [0.5, 1.0, 2.0] {
        let least = lesson::objective(lesson::minimum(lambda).unwrap(), lambda);
        assert!(
            (-100..300).all(|i| lesson::objective(f64::from(i) / 100.0, lambda) >= least - 1e-12)
        );
    }
}

#[test]
fn lambda_max_is_where_the_first_weight_leaves_zero() {
    let table = Table::diabetes();
    let rows: Vec<usize> = (0..table.targets.len()).collect();
    let regression = Regression::new(&table, &rows);
    let largest = regression.lambda_max().unwrap();
    let nonzero = |share: f64| {
        let mut w = vec![1.0; 10];
        regression.fit(share * largest, 0.0, &mut w).unwrap();
        w.iter().filter(|&&w| w != 0.0).count()
    };
    assert_eq!((nonzero(1.0 + 1e-9), nonzero(0.999)), (0, 1));
}

#[test]
fn one_standard_error_buys_a_sparser_model() {
    let choice = lesson::choose(10, || {}).unwrap();
    let (best, chosen) = (choice.errors[choice.best], choice.errors[choice.chosen]);
    assert!(choice.chosen < choice.best, "{} {}", choice.chosen, choice.best);
    assert!(chosen.0 <= best.0 + best.1 && best.0 <= chosen.0);
    assert!(
        choice.features[choice.chosen] + 2 <= choice.features[choice.best],
        "{:?}",
        choice.features
    );
    // Both predict: targets vary by 5930.
    assert!(best.0 < 3200.0 && chosen.0 < 3300.0 && choice.errors[0].0 > 5800.0, "{best:?}");
    assert_eq!(choice.features[0], 0);
}
