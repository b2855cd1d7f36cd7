//! What is decoded: sets of the panes that can be seen, and of no others.

use hourglass::protocol::{Asker, Places, ProbeRequest, Span};

use super::stage::Stage;

fn askers(request: &ProbeRequest) -> Vec<Asker> {
    request.decode.iter().map(|set| set.asker).collect()
}

#[test]
fn only_panes_that_can_be_seen_have_codes_decoded() {
    let mut stage = Stage::ready();
    let request = stage.newest_request().expect("the window looks");
    assert_eq!(askers(&request), []);

    stage.click("Manifold");
    let request = stage.newest_request().expect("it looks elsewhere now");
    let (n_places, span) = (12, Span::Principal);
    assert_eq!(askers(&request), [Asker::Grid]);
    assert_eq!(request.decode[0].places, Places::Grid { n_places, span });

    stage.click("Sliders");
    let request = stage.newest_request().expect("it looks elsewhere now");
    assert_eq!(askers(&request), [Asker::Sliders]);

    stage.click("Manifold");
    let request = stage.newest_request().expect("it looks elsewhere now");
    assert_eq!(askers(&request), [Asker::Grid], "as it was left");
    stage.step();
    assert_eq!(stage.newest_request(), None, "nothing new is asked");
}
