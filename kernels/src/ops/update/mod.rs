//! What all updates share: tensors with their gradient and state, stepped one
//! after the other by one formula.
//!
//! A step of one tensor is a step of a list of one: a list enters its level once
//! and puts its constants into registers once, so a small tensor costs little
//! more than its elements.

mod adagrad;
mod adam;
mod ftrl;
mod lion;
mod nadam;
mod prox_adam_w;
mod prox_momentum;
mod prox_sgd;
mod rms_prop;
mod sgd;
mod sgd_momentum;

pub use adagrad::Adagrad;
pub use adam::{Adam, Betas, Moments};
pub use ftrl::Ftrl;
pub use lion::Lion;
pub use nadam::{Nadam, RisingMomentum};
pub use prox_adam_w::{ProxAdamW, Threshold};
pub use prox_momentum::ProxMomentum;
pub use prox_sgd::ProxSgd;
pub use rms_prop::RmsProp;
pub use sgd::Sgd;
pub use sgd_momentum::SgdMomentum;

use crate::split::Cut;
use crate::{Float, Isa, Kernel, Lanes, Level, sweep};

/// The updates of THE list of built-in kernels (`element.rs`): a new one is a new line.
macro_rules! updates {
    ($E:ident, $apply:ident $($head:tt)*) => {
        $apply! { $($head)*
            Step<'a, 'b, $E, Sgd<$E>, 0>,
            Step<'a, 'b, $E, SgdMomentum<$E>, 1>,
            Step<'a, 'b, $E, ProxSgd<$E>, 0>,
            Step<'a, 'b, $E, ProxMomentum<$E>, 1>,
            Step<'a, 'b, $E, Adam<$E>, 2>,
            Step<'a, 'b, $E, Adam<$E>, 3>,
            Step<'a, 'b, $E, ProxAdamW<$E>, 2>,
            Step<'a, 'b, $E, Lion<$E>, 1>,
            Step<'a, 'b, $E, Adagrad<$E>, 1>,
            Step<'a, 'b, $E, RmsProp<$E>, 1>,
            Step<'a, 'b, $E, RmsProp<$E>, 2>,
            Step<'a, 'b, $E, RmsProp<$E>, 3>,
            Step<'a, 'b, $E, Nadam<$E>, 2>,
            Step<'a, 'b, $E, Ftrl<$E>, 2>,
        }
    };
}
pub(crate) use updates;

/// Weights with their gradient and the `N` slices that an update remembers, all
/// of one length.
///
/// ```
/// use gradstep_kernels::ops::Tensor;
///
/// let (mut w, g, mut m, mut v) = ([1.0f32; 3], [0.5; 3], [0.0; 3], [0.0; 3]);
/// let tensor = Tensor { w: &mut w, g: &g, state: [&mut m, &mut v] };
/// assert_eq!(tensor.state.len(), 2);
/// ```
#[derive(Debug)]
pub struct Tensor<'a, E, const N: usize> {
    /// `[n]`, overwritten.
    pub w: &'a mut [E],
    /// `[n]`
    pub g: &'a [E],
    /// `[n]` each, overwritten.
    pub state: [&'a mut [E]; N],
}

impl<E, const N: usize> Default for Tensor<'_, E, N> {
    /// No elements.
    fn default() -> Self {
        Tensor { w: &mut [], g: &[], state: core::array::from_fn(|_| Default::default()) }
    }
}

impl<'a, E, const N: usize> Tensor<'a, E, N> {
    /// The same slices for a shorter time.
    ///
    /// ```
    /// use gradstep_kernels::ops::Tensor;
    ///
    /// let mut tensor = Tensor { w: &mut [1.0f32], g: &[2.0], state: [] };
    /// tensor.reborrow().w[0] = 3.0;
    /// assert_eq!(tensor.w, [3.0]);
    /// ```
    pub fn reborrow(&mut self) -> Tensor<'_, E, N> {
        Tensor { w: self.w, g: self.g, state: self.state.each_mut().map(|slice| &mut **slice) }
    }

    /// The first `mid` elements of every slice, or all, and the rest.
    ///
    /// ```
    /// use gradstep_kernels::ops::Tensor;
    ///
    /// let tensor = Tensor { w: &mut [1.0f32, 2.0, 3.0], g: &[4.0, 5.0, 6.0], state: [] };
    /// let (left, right) = tensor.split_at(2);
    /// assert_eq!((left.g, right.g), (&[4.0, 5.0][..], &[6.0][..]));
    /// ```
    #[must_use]
    pub fn split_at(self, mid: usize) -> (Self, Self) {
        let (mut left, mut right) = (Self::default(), Self::default());
        let least = |len: usize| mid.min(len);
        (left.g, right.g) = self.g.cut(least(self.g.len()));
        let mid = least(self.w.len());
        (left.w, right.w) = self.w.cut(mid);
        for ((slice, a), b) in self.state.into_iter().zip(&mut left.state).zip(&mut right.state) {
            let mid = least(slice.len());
            (*a, *b) = slice.cut(mid);
        }
        (left, right)
    }
}

/// An update that remembers `N` slices: the formula of one step of one element, and the one
/// thing to write for an update of your own.
///
/// It should not panic: a call unwinds from where it is, and what was written before stays
/// written.
pub trait Update<E: Float, const N: usize>: Copy + Send + Sync {
    /// Names of the slices of state, for errors.
    const STATE: [&'static str; N] = ["state"; N];

    /// Nanoseconds that an element costs at the best level if its slices are in the cache:
    /// by this a caller decides what is worth a second thread. The default fits a few
    /// multiplications.
    const COST: f64 = 0.1;

    /// How many forms the formula has, up to 12. Each is compiled by itself, so a choice
    /// that is the same for all elements costs nothing if the formula makes it by its form.
    const FORMS: u8 = 1;

    /// Which form this is, below [`FORMS`](Self::FORMS); asked once for a whole list.
    fn form(self) -> u8 {
        0
    }

    /// Weights and state after a step along the gradient `g`, in the form that
    /// [`form`](Self::form) gives; a formula of one form has no use for `FORM`.
    ///
    /// Annotate with `#[inline(always)]`.
    fn step<I: Isa, const FORM: u8>(
        self,
        w: E::Lanes<I>,
        g: E::Lanes<I>,
        state: [E::Lanes<I>; N],
    ) -> (E::Lanes<I>, [E::Lanes<I>; N]);

    /// Where the kernel is compiled: here for an update of your own.
    #[doc(hidden)]
    #[inline(always)]
    fn dispatch(level: Level, kernel: Step<'_, '_, E, Self, N>) {
        level.dispatch(kernel);
    }
}

/// The kernel of a built-in update of `$n` slices is compiled in this crate.
macro_rules! compiled_once {
    ($n:literal) => {
        #[inline(always)]
        fn dispatch(level: $crate::Level, kernel: $crate::ops::Step<'_, '_, E, Self, $n>) {
            E::dispatch(level, kernel);
        }
    };
}
use compiled_once;

/// What an update takes for the gradient: `grad_scale g + coupled_decay w`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Coupled<E> {
    /// Negative to maximise.
    pub grad_scale: E,
    /// Decay added to the gradient; with 0 nothing of the weight is.
    pub coupled_decay: E,
}

impl<E: Float> Coupled<E> {
    #[inline(always)]
    fn gradient<L: Lanes<Elem = E>>(self, w: L, g: L) -> L {
        // Without decay an infinite weight must not become NaN here. Beside a root and a
        // quotient a mask costs nothing; a form more would be all code once more.
        let any = w.splat(self.coupled_decay).gt(w.splat(E::ZERO));
        g * self.grad_scale + (w * self.coupled_decay).keep_where(any)
    }
}

/// Steps every tensor of a list; of slices that differ in length the shortest
/// decides.
#[derive(Debug)]
pub struct Step<'t, 'a, E, U, const N: usize> {
    /// The tensors to step.
    pub tensors: &'t mut [Tensor<'a, E, N>],
    /// The formula with its constants.
    pub update: &'t U,
}

impl<E: Float, U: Update<E, N>, const N: usize> Kernel for Step<'_, '_, E, U, N> {
    type Out = ();

    #[inline(always)]
    fn run<I: Isa>(self, isa: I) {
        match self.update.form() {
            1 if const { U::FORMS > 1 } => self.run_form::<I, 1>(isa),
            2 if const { U::FORMS > 2 } => self.run_form::<I, 2>(isa),
            3 if const { U::FORMS > 2 } => self.run_form::<I, 3>(isa),
            4 if const { U::FORMS > 4 } => self.run_form::<I, 4>(isa),
            5 if const { U::FORMS > 4 } => self.run_form::<I, 5>(isa),
            6 if const { U::FORMS > 4 } => self.run_form::<I, 6>(isa),
            7 if const { U::FORMS > 4 } => self.run_form::<I, 7>(isa),
            8 if const { U::FORMS > 8 } => self.run_form::<I, 8>(isa),
            9 if const { U::FORMS > 8 } => self.run_form::<I, 9>(isa),
            10 if const { U::FORMS > 8 } => self.run_form::<I, 10>(isa),
            11 if const { U::FORMS > 8 } => self.run_form::<I, 11>(isa),
            _ => self.run_form::<I, 0>(isa),
        }
    }
}

impl<E: Float, U: Update<E, N>, const N: usize> Step<'_, '_, E, U, N> {
    #[inline(always)]
    fn run_form<I: Isa, const FORM: u8>(self, isa: I) {
        // A copy: the compiler must assume that a store changes what is behind the reference.
        let update = *self.update;
        for Tensor { w, g, state } in self.tensors {
            sweep::update(
                isa,
                (&mut **w, state.each_mut().map(|slice| &mut **slice)),
                *g,
                #[inline(always)]
                |(w, state), g| update.step::<I, FORM>(w, g, state),
            );
        }
    }
}
