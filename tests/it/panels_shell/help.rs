//! The help: first steps, keys, and the manual, read within the window.

use egui::Key;
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use hourglass::manual::PAGES;
use hourglass::manual::markdown::{Block, Style};
use hourglass::ui::Action;

use super::controls::act;
use super::stage::Stage;

fn opened() -> Stage {
    let mut stage = Stage::ready();
    act(&mut stage, Action::ShowHelp(true));
    stage
}

/// How far from the top of the window the title of a page is.
fn top_of(stage: &Stage, title: &str) -> f32 {
    let labels = stage
        .harness
        .query_all_by_role_and_label(Role::Label, title);
    let tops = labels.map(|label| label.rect().top());
    tops.fold(f32::INFINITY, f32::min)
}

#[test]
fn the_help_begins_with_first_steps_and_keys_and_escape_closes_it() {
    let mut stage = opened();
    assert!(stage.has("Press Space"));
    assert!(stage.has("train or pause"));
    stage.press(Key::Escape);
    assert!(!stage.has("Press Space"));
}

#[test]
fn every_page_opens_and_shows_its_headings() {
    let mut stage = opened();
    for page in PAGES {
        stage.click(page.title());
        let blocks = page.blocks();
        for block in blocks {
            if let Block::Heading(_, words) = block {
                assert!(stage.has(&words), "{}: {words}", page.topic);
            }
        }
    }
}

#[test]
fn a_link_opens_another_page_at_the_heading_it_names() {
    let mut stage = opened();
    stage.click("Panels");
    let blocks = PAGES[0].blocks();
    let to_heading = blocks.iter().any(|block| match block {
        Block::Paragraph(spans) => spans
            .iter()
            .any(|span| span.style == Style::Link("files.md#experiments-as-text".to_owned())),
        _ => false,
    });
    assert!(to_heading, "the page has the link that is clicked here");
    let link = stage.harness.get_by_role_and_label(Role::Link, "Files");
    link.click_accesskit(); // it is scrolled out of view
    stage.harness.run_steps(60); // scrolling glides
    assert!(stage.has("A run folder"));
    let top = top_of(&stage, "Experiments as text");
    assert!((60.0..400.0).contains(&top), "the heading is at {top}");
}

#[test]
fn page_down_and_page_up_scroll() {
    let mut stage = opened();
    stage.click("Presets");
    let at_first = top_of(&stage, "Presets");
    stage.press(Key::PageDown);
    stage.harness.run_steps(60); // scrolling glides
    let scrolled = top_of(&stage, "Presets");
    assert!(scrolled < at_first - 200.0, "{at_first} to {scrolled}");
    stage.press(Key::PageUp);
    stage.harness.run_steps(60);
    let back = top_of(&stage, "Presets");
    assert!((back - at_first).abs() < 1.0, "{at_first} to {back}");
}
