//! What is decoded: sets of the panes that can be seen, and of no others.

use hourglass::protocol::{CodeSelection, ProbeRequest, Requester, Span};

use super::stage::Stage;

fn requesters(request: &ProbeRequest) -> Vec<Requester> {
    request.decode.iter().map(|set| set.requester).collect()
}

#[test]
fn only_panes_that_can_be_seen_have_codes_decoded() {
    let mut stage = Stage::ready();
    let request = stage.newest_request().expect("the window looks");
    assert_eq!(requesters(&request), []);

    stage.click("Manifold");
    let request = stage.newest_request().expect("it looks elsewhere now");
    let (n_places, span) = (12, Span::Principal);
    assert_eq!(requesters(&request), [Requester::Grid]);
    assert_eq!(
        request.decode[0].places,
        CodeSelection::Grid { n_places, span }
    );

    stage.click("Sliders");
    let request = stage.newest_request().expect("it looks elsewhere now");
    assert_eq!(requesters(&request), [Requester::Sliders]);

    stage.click("Manifold");
    let request = stage.newest_request().expect("it looks elsewhere now");
    assert_eq!(requesters(&request), [Requester::Grid], "as it was left");
    stage.step();
    assert_eq!(stage.newest_request(), None, "nothing new is asked");
}
