//! FTRL-proximal.

use super::options::{Options, PLAIN, options};
use super::{Rows, Tensor, lists, rows};
use crate::{Element, Error, check};
use gradstep_kernels::{Target, ops};

/// FTRL-proximal: follow the regularised leader, with a rate for each coordinate, an L1 and an
/// L2 penalty and exact zeros, in one pass.
///
/// With `h = grad_scale g`, negated to maximise:
///
/// ```text
/// z := z + h - (sqrt(n + h^2) - sqrt(n)) / learning_rate w
/// n := n + h^2
/// w := 0                                                               where |z| <= l1
/// w := -(z - sign(z) l1) / ((beta + sqrt(n)) / learning_rate + l2)     else
/// ```
///
/// The weight follows from `z` and `n`, so a weight of 0 comes back as soon as the gradients
/// ask for it. This is the learner behind models of ad clicks: on one example after the other,
/// with hashed features, most weights stay exactly 0.
///
/// # Shapes
///
/// `w`, `g`, `z`, `n`: `[n]`. All but `g` are overwritten. All start as zeros; from other
/// weights, start with `z = -w (beta / learning_rate + l2)`, less `l1` of the sign of `w`.
///
/// # Errors
///
/// [`Error::Parameter`] for a parameter outside its range; [`Error::Length`] if lengths differ. A
/// refused call writes nothing.
///
/// # Special values
///
/// NaN in `w[i]`, `g[i]`, `z[i]` or `n[i]` makes `w[i]` NaN, and no other. A zero is +0. A
/// gradient whose square overflows makes `n[i]` infinite and `w[i]` 0 or NaN. `beta = 0` makes
/// infinite weights of gradients so small that their squares vanish (below 1e-22 in `f32`).
///
/// # Accuracy
///
/// The constants are rounded once, from `f64`; then each operation of the equations is rounded
/// once. By counting these, and of the sum of the terms' magnitudes, `n` is within 6 ULP, `z`
/// within 10 (`f64`: 11) where the square of a gradient is a normal number, and `w` within 21
/// (`f64`: 24) of those magnitudes over the denominator. `w` is 0 where the rounded `z` is within
/// `l1` of 0. The same bits on every level.
///
/// # Source
///
/// McMahan et al., "Ad click prediction: a view from the trenches" (2013), algorithm 1.
///
/// # Examples
///
/// ```
/// use gradstep::update::Ftrl;
///
/// let ftrl = Ftrl::new(0.5)?.beta(1.0)?.l1(0.5)?;
/// let (mut w, mut z, mut n) = ([0.0f32; 3], [0.0; 3], [0.0; 3]);
/// ftrl.step(&mut w, &[1.5, -0.25, 0.0], &mut z, &mut n)?;
/// // -(1.5 - 0.5) / ((1 + 1.5) / 0.5), and two that were not worth a weight.
/// assert_eq!((w, z, n), ([-0.2, 0.0, 0.0], [1.5, -0.25, 0.0], [2.25, 0.0625, 0.0]));
/// # Ok::<(), gradstep::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ftrl {
    options: Options,
    beta: f64,
}

options!(
    [] Ftrl, new[],
    "Ftrl::new(0.5)?": beta own, l1, l2, grad_scale, maximize
);

impl Ftrl {
    /// Rates of `learning_rate / (beta + sqrt(n))` (`alpha` in the paper), with `beta(1.0)` and
    /// no penalty yet.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `learning_rate` is not above 0 or not finite.
    ///
    /// ```
    /// use gradstep::update::Ftrl;
    ///
    /// assert_eq!(Ftrl::new(0.1)?, Ftrl::new(0.1)?.beta(1.0)?.l1(0.0)?.l2(0.0)?);
    /// assert!(Ftrl::new(0.0).is_err());
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn new(learning_rate: f64) -> Result<Self, Error> {
        Ok(Self { options: Options::of_divisor(learning_rate)?, beta: 1.0 })
    }

    /// What is added to the root: the larger, the shorter are first steps.
    ///
    /// # Errors
    ///
    /// [`Error::Parameter`] if `beta` is negative or not finite.
    ///
    /// ```
    /// let ftrl = gradstep::update::Ftrl::new(0.5)?.beta(0.0)?;
    /// let (mut w, mut z, mut n) = ([0.0f64; 2], [0.0; 2], [0.0; 2]);
    /// ftrl.step(&mut w, &[3.0, 0.0], &mut z, &mut n)?;
    /// assert_eq!(w, [-0.5, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn beta(self, beta: f64) -> Result<Self, Error> {
        Ok(Self { beta: check::finite_not_negative("beta", beta)?, ..self })
    }

    /// Updates `w`, `z` and `n`.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ.
    ///
    /// ```
    /// let ftrl = gradstep::update::Ftrl::new(0.5)?.beta(0.0)?.l2(2.0)?;
    /// let (mut w, mut z, mut n) = ([1.0f64], [-4.0], [9.0]);
    /// ftrl.step(&mut w, &[4.0], &mut z, &mut n)?;
    /// // (5 - 3) / 0.5 of the weight is taken off.
    /// assert_eq!((w, z, n), ([4.0 / (10.0 + 2.0)], [-4.0], [25.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step<E: Element>(
        &self,
        w: &mut [E],
        g: &[E],
        z: &mut [E],
        n: &mut [E],
    ) -> Result<(), Error> {
        let tensor = Tensor { w, g, state: [z, n] };
        lists::step(self.options.execution, self.formula()?, tensor)
    }

    /// Updates many tensors, with the state `[z, n]`, each as [`step`](Self::step) would, bit for
    /// bit.
    ///
    /// # Errors
    ///
    /// [`Error::TensorLength`] if the lengths of a tensor differ.
    ///
    /// ```
    /// use gradstep::update::{Ftrl, Tensor};
    ///
    /// let (mut w, mut z, mut n) = ([0.0f32; 2], [0.0; 2], [0.0; 2]);
    /// let tensor = Tensor { w: &mut w, g: &[1.0, -0.5], state: [&mut z, &mut n] };
    /// Ftrl::new(0.5)?.l1(0.5)?.step_many(&mut [tensor])?;
    /// assert_eq!(w, [-0.125, 0.0]);
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_many<E: Element>(&self, tensors: &mut [Tensor<'_, E, 2>]) -> Result<(), Error> {
        lists::step_many(self.options.execution, self.formula()?, tensors)
    }

    /// Updates some rows of a table, with the state `[z, n]`, each as [`step`](Self::step) would,
    /// bit for bit: with `columns: 1` the features that an example has.
    ///
    /// # Errors
    ///
    /// [`Error::Length`] if the lengths differ or are no whole rows, [`Error::Element`] for an
    /// index that is no row or comes twice, [`Error::Parameter`] if `columns` is 0.
    ///
    /// ```
    /// use gradstep::update::{Ftrl, Rows};
    ///
    /// let (mut w, mut z, mut n) = ([0.0f32; 4], [0.0; 4], [0.0; 4]);
    /// let (state, g) = ([&mut z[..], &mut n], &[1.0, -0.5]);
    /// let rows = Rows { w: &mut w, state, columns: 1, rows: &[3u32, 0], g };
    /// Ftrl::new(0.5)?.l1(0.5)?.step_rows(rows)?;
    /// assert_eq!((w, z), ([0.0, 0.0, 0.0, -0.125], [-0.5, 0.0, 0.0, 1.0]));
    /// # Ok::<(), gradstep::Error>(())
    /// ```
    pub fn step_rows<E: Element, R: Target + Sync>(
        &self,
        table: Rows<'_, E, R, 2>,
    ) -> Result<(), Error> {
        rows::step(self.options.execution, self.formula()?, table)
    }

    fn formula<E: Element>(&self) -> Result<ops::Ftrl<E>, Error> {
        let Self { options, beta } = *self;
        let inverse_rate = 1.0 / options.learning_rate;
        if beta > PLAIN {
            check::finite_in::<E>("beta", beta)?;
        }
        options.fit(|options| {
            check::finite_in::<E>("1 / learning_rate", inverse_rate)?;
            options.scale_fits::<E>()?;
            check::finite_in::<E>("l1", options.l1)?;
            check::finite_in::<E>("l2", options.l2)
        })?;
        Ok(ops::Ftrl {
            grad_scale: E::from_f64(options.factor()),
            inverse_rate: E::from_f64(inverse_rate),
            beta: E::from_f64(beta),
            l1: E::from_f64(options.l1),
            l2: E::from_f64(options.l2),
        })
    }
}
