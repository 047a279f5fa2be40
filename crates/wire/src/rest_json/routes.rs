//! Which operation a method and path name.

use contract::OperationMeta;

/// The operations of a service by method and path template.
#[derive(Debug)]
pub struct Routes(Vec<Route>);

#[derive(Debug)]
struct Route {
    meta: &'static OperationMeta,
    pieces: Vec<Piece>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    /// Fixed text; stands first in the order, so that it wins over a label.
    Fixed(&'static str),
    /// `{Label}`: one piece of the path.
    Label(&'static str),
    /// `{Label+}`: the rest of the path.
    Rest(&'static str),
}

/// An operation and the labels of its path, still percent-encoded.
#[derive(Debug)]
pub struct Found<'p> {
    /// The operation.
    pub meta: &'static OperationMeta,
    pub(super) labels: Vec<(&'static str, &'p str)>,
}

impl Routes {
    /// Gathers the templates of a service's operations.
    #[must_use]
    pub fn new(operations: impl IntoIterator<Item = &'static OperationMeta>) -> Self {
        let mut routes: Vec<Route> = operations
            .into_iter()
            .map(|meta| Route { meta, pieces: split(meta.uri).map(Piece::of).collect() })
            .collect();
        routes.sort_by(|a, b| a.pieces.cmp(&b.pieces));
        Self(routes)
    }

    /// The operation a method and a raw path (no query string) name.
    #[must_use]
    pub fn find<'p>(&self, method: &str, path: &'p str) -> Option<Found<'p>> {
        self.0
            .iter()
            .filter(|route| route.meta.method == method)
            .find_map(|route| Some(Found { meta: route.meta, labels: labels(&route.pieces, path)? }))
    }
}

impl Piece {
    fn of(text: &'static str) -> Self {
        match text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
            Some(label) => label.strip_suffix('+').map_or(Self::Label(label), Self::Rest),
            None => Self::Fixed(text),
        }
    }
}

fn split(path: &str) -> std::str::Split<'_, char> {
    path.strip_prefix('/').unwrap_or(path).split('/')
}

fn labels<'p>(pieces: &[Piece], path: &'p str) -> Option<Vec<(&'static str, &'p str)>> {
    let mut labels = Vec::new();
    let mut rest = Some(path.strip_prefix('/')?);
    for piece in pieces {
        let path = rest?;
        let (text, after) = path.split_once('/').map_or((path, None), |(text, after)| (text, Some(after)));
        match piece {
            Piece::Fixed(fixed) if *fixed == text => {}
            Piece::Label(label) if !text.is_empty() => labels.push((*label, text)),
            Piece::Rest(label) if !path.is_empty() => {
                labels.push((*label, path));
                return Some(labels);
            }
            _ => return None,
        }
        rest = after;
    }
    rest.is_none().then_some(labels)
}
