//! Comparing two runs: choosing the experiment of the second, starting it, ending it.

use super::App;
use hourglass_protocol::Command;
use hourglass_state::Input;
use hourglass_ui::CompareAction;

impl App {
    /// Performs an action about comparing.
    pub(super) fn compare(&mut self, action: CompareAction) {
        match action {
            CompareAction::Open if self.state.comparison_draft.is_some() => {} // it is open
            CompareAction::Open => {
                self.state.comparison_draft = self.state.experiment_asked().cloned();
            }
            CompareAction::Edit(draft) => self.state.comparison_draft = Some(*draft),
            CompareAction::Cancel => self.state.comparison_draft = None,
            CompareAction::Start => {
                if let Some(draft) = self.state.comparison_draft.take() {
                    self.advance(Input::Compare(draft));
                }
            }
            CompareAction::KeepA => {
                let keep = self.state.current_run();
                self.outbox.push(Command::EndComparison { keep });
            }
            CompareAction::KeepB => {
                if let Some(comparison) = &self.state.comparison {
                    self.outbox.push(Command::EndComparison {
                        keep: comparison.id,
                    });
                }
            }
        }
    }

    /// A run that starts over while it is compared takes its comparison run along, with its own seed: the comparison is of
    /// experiments.
    pub(super) fn start_comparison_again(&mut self) {
        let asked = self.state.session.experiment();
        let (Some(run), Some(comparison), Some(asked)) =
            (&self.state.run, &self.state.comparison, asked)
        else {
            return;
        };
        let mut experiment = comparison.experiment.clone();
        if comparison.experiment.seed == run.experiment.seed {
            experiment.seed = asked.seed;
        }
        self.advance(Input::Compare(experiment));
    }
}
