//! The circuit breaker: after some failures in a row nobody is sent to Redis any more, except for a probe now and then.

use std::time::Duration;

use tokio::time::Instant;

/// Failures in a row that open the circuit.
const LIMIT: u32 = 3;
/// The first and the longest pause.
const PAUSE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(15));

/// Whether a call may go out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Admission {
    /// It may.
    Pass,
    /// It may, alone: its outcome decides for all.
    Probe,
    /// It may not.
    Refuse,
}

/// Pure: the time and the jitter are brought by the caller.
#[derive(Debug)]
pub(super) struct Breaker {
    state: State,
    /// The pause of the next opening.
    pause: Duration,
}

#[derive(Debug)]
enum State {
    Closed { failures: u32 },
    Open { until: Instant },
    Probing { until: Instant },
}

impl Breaker {
    pub(super) fn new() -> Self {
        Self {
            state: State::Closed { failures: 0 },
            pause: PAUSE.0,
        }
    }

    /// A probe whose outcome nobody reports (its caller was dropped) is followed by another after `patience`.
    pub(super) fn admit(&mut self, now: Instant, patience: Duration) -> Admission {
        match self.state {
            State::Closed { .. } => Admission::Pass,
            State::Open { until } | State::Probing { until } if now < until => Admission::Refuse,
            State::Open { .. } | State::Probing { .. } => {
                self.state = State::Probing {
                    until: now + patience,
                };
                Admission::Probe
            }
        }
    }

    pub(super) fn succeeded(&mut self) {
        *self = Self::new();
    }

    /// Tells whether the circuit opens now. `jitter` is between 0 and 1: processes that lost the same Redis come back at
    /// different moments.
    pub(super) fn failed(&mut self, now: Instant, jitter: f64) -> bool {
        let failures = match self.state {
            State::Closed { failures } => failures + 1,
            State::Probing { .. } => LIMIT,
            // The call went out before the circuit opened.
            State::Open { .. } => return false,
        };
        if failures < LIMIT {
            self.state = State::Closed { failures };
            return false;
        }
        let until = now + self.pause.mul_f64(0.5 + jitter.clamp(0.0, 1.0));
        self.state = State::Open { until };
        self.pause = (self.pause * 2).min(PAUSE.1);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_millis(100);

    fn opened(now: Instant) -> Breaker {
        let mut breaker = Breaker::new();
        assert!(!breaker.failed(now, 0.5));
        assert!(!breaker.failed(now, 0.5));
        assert!(breaker.failed(now, 0.5));
        breaker
    }

    #[test]
    fn it_opens_after_three_failures_in_a_row() {
        let now = Instant::now();
        let mut breaker = Breaker::new();
        breaker.failed(now, 0.5);
        breaker.failed(now, 0.5);
        breaker.succeeded();
        breaker.failed(now, 0.5);
        breaker.failed(now, 0.5);
        assert_eq!(breaker.admit(now, PATIENCE), Admission::Pass);
        breaker.failed(now, 0.5);
        assert_eq!(breaker.admit(now, PATIENCE), Admission::Refuse);
    }

    #[test]
    fn one_probe_goes_out_after_the_pause() {
        let now = Instant::now();
        let mut breaker = opened(now);
        let later = now + PAUSE.0;
        assert_eq!(breaker.admit(later, PATIENCE), Admission::Probe);
        assert_eq!(breaker.admit(later, PATIENCE), Admission::Refuse);
        breaker.succeeded();
        assert_eq!(breaker.admit(later, PATIENCE), Admission::Pass);
    }

    #[test]
    fn a_probe_that_nobody_reports_is_followed_by_another() {
        let now = Instant::now();
        let mut breaker = opened(now);
        let later = now + PAUSE.0;
        assert_eq!(breaker.admit(later, PATIENCE), Admission::Probe);
        assert_eq!(breaker.admit(later + PATIENCE, PATIENCE), Admission::Probe);
    }

    #[test]
    fn a_failed_probe_doubles_the_pause_up_to_its_limit() {
        let mut now = Instant::now();
        let mut breaker = opened(now);
        for round in 1..20 {
            now += PAUSE.1 * 2;
            assert_eq!(breaker.admit(now, PATIENCE), Admission::Probe);
            assert!(breaker.failed(now, 0.5));
            let pause = (PAUSE.0 * 2_u32.pow(round)).min(PAUSE.1);
            assert_eq!(breaker.admit(now + pause / 2, PATIENCE), Admission::Refuse);
            assert_eq!(breaker.admit(now + pause, PATIENCE), Admission::Probe);
            assert!(breaker.failed(now, 0.5));
            breaker.pause = (PAUSE.0 * 2_u32.pow(round + 1)).min(PAUSE.1);
        }
    }

    #[test]
    fn jitter_moves_the_probe() {
        let now = Instant::now();
        let mut early = Breaker::new();
        let mut late = Breaker::new();
        for _ in 0..LIMIT {
            early.failed(now, 0.0);
            late.failed(now, 1.0);
        }
        let between = now + PAUSE.0;
        assert_eq!(early.admit(between, PATIENCE), Admission::Probe);
        assert_eq!(late.admit(between, PATIENCE), Admission::Refuse);
    }
}
