//! Statistics as a picture: an SVG of our own, drawn in process with a font of our own.

mod chart;
mod theme;

use std::sync::{Arc, LazyLock};

use anyhow::{Context as _, ensure};
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};
use tokio::sync::Semaphore;

pub(super) use self::chart::svg;
pub(crate) use self::theme::Theme;
use super::report::Report;
use crate::guild::language::Speech;

/// The picture's size in its own units.
pub(super) const WIDTH: u16 = 800;
const HEIGHT: u16 = 620;

/// Points for a unit: sharp on a phone.
const SCALE: u16 = 2;

/// Discord takes far more; a picture that is larger than this has gone wrong.
const MOST_BYTES: usize = 1 << 20;

/// How many pictures are drawn at a time. Each takes 8 MB for its points.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(include_bytes!("../fonts/Inter-Regular.ttf").to_vec());
    fonts.load_font_data(include_bytes!("../fonts/Inter-SemiBold.ttf").to_vec());
    Arc::new(fonts)
});

/// Draws a report as a PNG, away from the threads that answer.
///
/// # Errors
/// Where it cannot be drawn or becomes too large.
pub(crate) async fn png(speech: Speech, report: &Report, theme: Theme) -> anyhow::Result<Vec<u8>> {
    let svg = svg(speech, report, theme);
    let turn = AT_ONCE.acquire().await.context("no picture is drawn")?;
    let drawn = tokio::task::spawn_blocking(move || draw(&svg)).await;
    drop(turn);
    drawn.context("the drawing panicked")?
}

fn draw(svg: &str) -> anyhow::Result<Vec<u8>> {
    let options = Options {
        font_family: "Inter".to_owned(),
        fontdb: Arc::clone(&FONTS),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).context("the picture is no SVG")?;
    let (width, height) = (u32::from(WIDTH * SCALE), u32::from(HEIGHT * SCALE));
    let mut points = Pixmap::new(width, height).context("a picture without points")?;
    let scale = Transform::from_scale(f32::from(SCALE), f32::from(SCALE));
    resvg::render(&tree, scale, &mut points.as_mut());
    let png = points.encode_png().context("the points are no PNG")?;
    ensure!(png.len() <= MOST_BYTES, "{} bytes are too many", png.len());
    Ok(png)
}
