//! Where a portal can be struck, by name: what it does at that moment, and for the how-manieth time.
//! Knows not what striking means.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context as _, bail};

/// What the portal is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Moment {
    /// A call to Microsoft has left the portal and has not arrived.
    Unsent,
    /// Microsoft has done what the call asked, and the answer has not arrived.
    Unanswered,
    /// The portal has read the answer, and has done nothing with it.
    Answered,
    /// The database has carried a statement out, within a transaction or not.
    Statement,
    /// A transaction has been committed.
    Committed,
}

impl Moment {
    pub const ALL: [Moment; 5] = [
        Moment::Unsent,
        Moment::Unanswered,
        Moment::Answered,
        Moment::Statement,
        Moment::Committed,
    ];

    pub fn word(self) -> &'static str {
        match self {
            Moment::Unsent => "unsent",
            Moment::Unanswered => "unanswered",
            Moment::Answered => "answered",
            Moment::Statement => "statement",
            Moment::Committed => "committed",
        }
    }

    /// Whether it is seen on the wire; the others are seen inside the portal.
    pub fn is_on_the_wire(self) -> bool {
        matches!(self, Moment::Unsent | Moment::Unanswered)
    }
}

/// `statement:17`: after the seventeenth statement since the worker began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Point {
    pub moment: Moment,
    /// From 1 on.
    pub nth: usize,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.moment.word(), self.nth)
    }
}

impl FromStr for Point {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> anyhow::Result<Point> {
        let (word, nth) = text.split_once(':').context("a point looks like statement:17")?;
        let Some(moment) = Moment::ALL.into_iter().find(|moment| moment.word() == word) else {
            bail!("{word} is no moment; there are {:?}", Moment::ALL.map(Moment::word));
        };
        Ok(Point { moment, nth: nth.parse().context("a point looks like statement:17")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_is_read_as_it_is_written() {
        for moment in Moment::ALL {
            let point = Point { moment, nth: 3 };
            assert_eq!(point.to_string().parse::<Point>().unwrap(), point);
        }
        assert!("statement".parse::<Point>().is_err() && "dawn:1".parse::<Point>().is_err());
    }
}
