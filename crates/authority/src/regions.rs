//! The regions this server answers for. Regions are names here (DESIGN 5).

use kernel::Region;

/// A list of regions, or any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Regions {
    /// Every name that looks like one.
    Any,
    /// These.
    Only(Vec<Region>),
}

impl Regions {
    /// Whether requests may be addressed to this region.
    #[must_use]
    pub fn accept(&self, region: &Region) -> bool {
        match self {
            Self::Any => true,
            Self::Only(list) => list.contains(region),
        }
    }
}
