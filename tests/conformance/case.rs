//! Reads the cases of `tests/vectors`; `FORMAT.md` there describes them.

use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(crate) fn folder() -> PathBuf {
    crate::tree::root().join("tests/vectors")
}

/// A number or one of the strings that JSON needs for the others.
pub(crate) fn number(value: &Value) -> f64 {
    match value.as_str() {
        None => value.as_f64().expect("a number"),
        Some("nan") => f64::NAN,
        Some("inf") => f64::INFINITY,
        Some("-inf") => f64::NEG_INFINITY,
        Some(other) => panic!("not a number: {other}"),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dtype {
    F32,
    F64,
}

impl Dtype {
    fn of(name: &Value) -> Self {
        match name.as_str() {
            Some("f32") => Self::F32,
            Some("f64") => Self::F64,
            other => panic!("not a type of floats: {other:?}"),
        }
    }

    /// The nearest number of the type: decimals are rounded twice, to `f64`
    /// and from there, as the format asks.
    pub(crate) fn round(self, x: f64) -> f64 {
        match self {
            Self::F32 => f64::from(x as f32),
            Self::F64 => x,
        }
    }
}

#[derive(Clone)]
pub(crate) struct Tensor {
    pub shape: Vec<usize>,
    dtype: Value,
    data: Vec<Value>,
}

impl Tensor {
    fn of(value: &Value) -> Self {
        let shape = value["shape"].as_array().expect("a shape");
        let shape = shape.iter().map(|n| n.as_u64().expect("a length") as usize);
        let tensor = Self {
            shape: shape.collect(),
            dtype: value["dtype"].clone(),
            data: value["data"].as_array().expect("data").clone(),
        };
        assert_eq!(tensor.shape.iter().product::<usize>(), tensor.data.len());
        tensor
    }

    fn floats(dtype: Dtype, data: &[f64]) -> Self {
        Self {
            shape: vec![data.len()],
            dtype: if dtype == Dtype::F32 { "f32" } else { "f64" }.into(),
            data: data.iter().map(|x| Value::from(*x)).collect(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.data.len()
    }

    /// Length of the last axis; 1 for a scalar.
    pub(crate) fn last_axis(&self) -> usize {
        self.shape.last().copied().unwrap_or(1)
    }

    pub(crate) fn numbers(&self) -> Vec<f64> {
        let dtype = Dtype::of(&self.dtype);
        self.data.iter().map(|x| dtype.round(number(x))).collect()
    }

    pub(crate) fn set(&mut self, index: usize, x: f64) {
        self.data[index] = match x.is_finite() {
            true => x.into(),
            false => x.to_string().to_lowercase().into(),
        };
    }

    pub(crate) fn indices(&self) -> Vec<i64> {
        let index = |x: &Value| x.as_i64().expect("an index");
        self.data.iter().map(index).collect()
    }
}

pub(crate) type Tensors = BTreeMap<String, Tensor>;

fn tensors(value: &Value) -> Tensors {
    let fields = value.as_object().into_iter().flatten();
    fields.map(|(k, v)| (k.clone(), Tensor::of(v))).collect()
}

/// Tolerances of the project that a case comes from.
#[derive(Clone, Copy)]
pub(crate) struct SourceTolerance {
    pub relative: f64,
    pub absolute: f64,
}

pub(crate) struct Case {
    pub name: String,
    pub family: String,
    pub op: String,
    pub dtype: Dtype,
    pub special: Vec<String>,
    pub inputs: Tensors,
    /// What the oracle computed in `dtype`.
    pub outputs: Tensors,
    /// What is better than `outputs` where it exists: the oracle in `f64`, or
    /// the exact decimals.
    pub reference: BTreeMap<String, Vec<f64>>,
    pub tolerance: Option<SourceTolerance>,
    /// The oracle refused the input.
    pub refused: bool,
    attributes: Map<String, Value>,
}

impl Case {
    fn of(json: &Value, dtype: Dtype) -> Self {
        let text = |key: &str| json[key].as_str().expect("text").to_owned();
        let strings = json["special"].as_array().expect("flags").iter();
        let exact = json["exact"].as_object().into_iter().flatten();
        let exact = exact.map(|(k, v)| {
            let decimals = v.as_array().map_or(std::slice::from_ref(v), |v| v);
            let parse = |x: &Value| x.as_str().expect("text").parse().expect("a decimal");
            (k.clone(), decimals.iter().map(parse).collect())
        });
        let reference = tensors(&json["reference"]).into_iter();
        Self {
            name: text("name"),
            family: text("family"),
            op: text("op"),
            dtype,
            special: strings.map(|x| x.as_str().unwrap().to_owned()).collect(),
            inputs: tensors(&json["inputs"]),
            outputs: tensors(&json["outputs"]),
            reference: reference.map(|(k, v)| (k, v.numbers())).chain(exact).collect(),
            tolerance: json.get("tol").map(|tol| SourceTolerance {
                relative: number(&tol["rtol"]),
                absolute: number(&tol["atol"]),
            }),
            refused: json.get("raises").is_some(),
            attributes: json["attributes"].as_object().expect("fields").clone(),
        }
    }

    /// The case of a line, or the two of a line for both types.
    fn read(mut json: Value) -> Vec<Self> {
        if json["family"] != "mp/huge_sums" {
            let single = || {
                let inputs = json["inputs"].as_object().expect("fields").values();
                inputs.clone().all(|x| x["dtype"] != "f64")
            };
            let dtype = match json.get("dtype") {
                Some(name) => Dtype::of(name),
                None if single() => Dtype::F32,
                None => Dtype::F64,
            };
            return vec![Self::of(&json, dtype)];
        }
        let inputs = json["inputs"].take();
        let outputs = json["outputs"].take();
        let n = json["attributes"]["n"].as_u64().expect("a length") as usize;
        [(Dtype::F32, "f32"), (Dtype::F64, "f64")]
            .map(|(dtype, name)| {
                let mut case = Self::of(&json, dtype);
                case.name += &format!(".{name}");
                case.outputs = tensors(&outputs[name]);
                for (key, generator) in inputs.as_object().expect("fields") {
                    let data = super::huge_sums::generate(generator, n);
                    case.inputs.insert(key.clone(), Tensor::floats(dtype, &data));
                }
                case
            })
            .into()
    }

    pub(crate) fn has_attribute(&self, key: &str) -> bool {
        self.attributes.contains_key(key)
    }

    pub(crate) fn attribute_names(&self) -> impl Iterator<Item = &str> {
        self.attributes.keys().map(String::as_str)
    }

    /// A parameter; in a case of `f32` it is one too, unless the case says so.
    pub(crate) fn attribute(&self, key: &str) -> Option<f64> {
        let x = number(self.attributes.get(key)?);
        Some(if self.flag("hyper_f64") { x } else { self.dtype.round(x) })
    }

    /// A list of parameters, like [`attribute`](Self::attribute).
    pub(crate) fn attributes(&self, key: &str) -> Option<Vec<f64>> {
        let list = self.attributes.get(key)?.as_array().expect("a list");
        let round = |x| if self.flag("hyper_f64") { x } else { self.dtype.round(x) };
        Some(list.iter().map(|x| round(number(x))).collect())
    }

    pub(crate) fn integer(&self, key: &str) -> Option<i64> {
        let value = self.attributes.get(key)?;
        Some(value.as_i64().expect("an integer"))
    }

    pub(crate) fn text(&self, key: &str) -> Option<&str> {
        self.attributes.get(key)?.as_str()
    }

    pub(crate) fn flag(&self, key: &str) -> bool {
        self.attributes.get(key) == Some(&Value::Bool(true))
    }

    pub(crate) fn input(&self, key: &str) -> &Tensor {
        let missing = || panic!("{} has no input {key}", self.name);
        self.inputs.get(key).unwrap_or_else(missing)
    }
}

fn paths() -> Vec<PathBuf> {
    let list = |folder: PathBuf| {
        let entries = std::fs::read_dir(&folder).expect("a folder");
        entries.map(|entry| entry.expect("an entry").path())
    };
    // Whole fits on data of the repository: `tests/diabetes.rs`.
    let steps = |path: &PathBuf| path.is_dir() && !path.ends_with("sklearn");
    let mut paths: Vec<_> = list(folder()).filter(steps).flat_map(list).collect();
    paths.sort();
    paths
}

/// Every case of every file in a folder under `tests/vectors`, fits aside.
pub(crate) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for path in paths() {
        let text = std::fs::read_to_string(&path).expect("text");
        let jsons: Vec<&str> = match path.extension().and_then(|e| e.to_str()) {
            Some("jsonl") => text.lines().collect(),
            Some("json") => vec![&text],
            _ => panic!("not a file of cases: {}", path.display()),
        };
        for json in jsons {
            let json = serde_json::from_str(json);
            cases.extend(Case::read(json.expect("JSON")));
        }
    }
    cases
}
