//! The data sets of this repository, as numbers.

/// A table whose last column is the target.
pub struct Table {
    /// Names of the feature columns.
    pub names: Vec<String>,
    /// `[rows * names.len()]`, row after row.
    pub features: Vec<f64>,
    /// `[rows]`
    pub targets: Vec<f64>,
}

impl Table {
    /// 442 patients: age, sex, body mass, blood; how the disease went on.
    pub fn diabetes() -> Self {
        Self::parse(include_str!("../../data/diabetes.csv"))
    }

    /// 1797 handwritten digits of 8 x 8 pixels, 0 to 16.
    pub fn digits() -> Self {
        Self::parse(include_str!("../../data/digits.csv"))
    }

    /// 569 tumours: shapes of their cells' nuclei; 1 is benign.
    pub fn breast_cancer() -> Self {
        Self::parse(include_str!("../../data/breast_cancer.csv"))
    }

    /// For the files above, which are known to be right; `examples/train` reads others.
    fn parse(text: &str) -> Self {
        let mut lines = text.lines();
        let mut names: Vec<_> = lines.next().unwrap_or("").split(',').map(String::from).collect();
        names.pop();
        let (mut features, mut targets) = (Vec::new(), Vec::new());
        for line in lines {
            features.extend(line.split(',').filter_map(|field| field.parse::<f64>().ok()));
            targets.extend(features.pop());
        }
        Self { names, features, targets }
    }

    pub fn row(&self, row: usize) -> &[f64] {
        &self.features[row * self.names.len()..][..self.names.len()]
    }
}
