//! What to look for in a run of each preset, and in which view.

use crate::pane::Pane;
use hourglass_experiment::PresetId;

/// Views with what they show of a preset.
#[must_use]
#[expect(clippy::too_many_lines, reason = "it is a table")]
pub fn look_for(preset: PresetId) -> &'static [(Pane, &'static str)] {
    match preset {
        PresetId::Vanilla64 => &[
            (
                Pane::Loss,
                "The test curve falls towards PCA's line and cannot pass it: the decoder is linear, \
                 so all reconstructions lie in a subspace of 64 dimensions",
            ),
            (
                Pane::Activations,
                "The histogram of the code: no unit is ever fully on or off, and the mean stays near one half",
            ),
        ],
        PresetId::Sparse64 => &[
            (
                Pane::Activations,
                "The histogram moves towards zero within the first epoch, and the share near zero grows; the \
                 busiest units are those that most digits need",
            ),
            (
                Pane::Loss,
                "Two terms, one sum: the penalty falls first, the error follows and ends \
                 higher than without the penalty",
            ),
        ],
        PresetId::SparseKl64 => &[
            (
                Pane::Activations,
                "The bars of the units' means cluster around the ρ line: every unit is used, and none very often",
            ),
            (
                Pane::Loss,
                "The penalty starts high, because every unit begins near one half, and then costs almost \
                 nothing",
            ),
        ],
        PresetId::Vanilla64Tied => &[
            (
                Pane::Filters,
                "One bank of weights stands for encoder and decoder: what a unit looks for is what it draws",
            ),
            (
                Pane::Numbers,
                "‖J‖² and ‖J‖²/Var(h) before any contraction: what contractive-64 is compared with",
            ),
        ],
        PresetId::Multilayer64 => &[
            (
                Pane::Activations,
                "The histogram of the code: most of it lies at exactly zero, as only ReLU can. Choose a hidden layer, \
                 which is not penalised, to compare",
            ),
            (
                Pane::Loss,
                "Two terms, one sum: the penalty falls first, and the error ends well above that of the Keras 3 variant",
            ),
        ],
        PresetId::Multilayer64Keras3 => &[
            (
                Pane::Activations,
                "Choose a hidden layer: ReLU units are exactly zero on many images, and some are on \
                 almost no image",
            ),
            (
                Pane::Loss,
                "At first it learns more slowly than one layer, because the code has to learn from a layer that is itself \
                 still learning",
            ),
        ],
        PresetId::Conv4 | PresetId::Conv4Cosine => &[
            (
                Pane::Numbers,
                "225 parameters, and an error below vanilla-64's: the code has 784 values, so hardly \
                 anything has to be discarded",
            ),
            (
                Pane::Digits,
                "In the difference row, what error there is lies along the edges of the strokes",
            ),
        ],
        PresetId::Basic32 => &[
            (
                Pane::Loss,
                "The entropy floor: grey pixels are never certain, so the cross-entropy cannot reach \
                 zero, however good the reconstruction is",
            ),
            (
                Pane::Digits,
                "No grey haze around the digits: the sigmoid output can produce pure black",
            ),
        ],
        PresetId::Linear32 => &[
            (
                Pane::Loss,
                "The test curve reaches PCA's line and stays there: there is no better linear code, and \
                 no other minimum to get stuck in",
            ),
            (
                Pane::Numbers,
                "Press Measure: the angle between the decoder's subspace and PCA's is a few degrees, though \
                 the units are not PCA's axes",
            ),
        ],
        PresetId::DenoiseDense => &[
            (
                Pane::Digits,
                "The second row is all that the encoder sees. Gaps in a stroke are closed, and specks \
                 away from it are ignored",
            ),
            (
                Pane::Numbers,
                "The objective compares reconstructions of corrupted test images with the clean images: it measures the repair",
            ),
        ],
        PresetId::DenoiseConv32 => &[
            (
                Pane::Digits,
                "With σ = 0.5 a person can hardly read some of the inputs; the reconstructions are nearly \
                 clean",
            ),
            (
                Pane::Loss,
                "Choose the squared error as the loss, reset, and see it get stuck where every output is black",
            ),
        ],
        PresetId::Contractive64 | PresetId::Contractive64Untied => &[
            (
                Pane::Loss,
                "Choose the Jacobian among the curves: it falls while the error hardly rises",
            ),
            (
                Pane::Numbers,
                "‖J‖² compared with that of the same network without the penalty: how much less the code changes when a \
                 pixel does. Beside it ‖J‖²/Var(h), which does not fall if the code is merely smaller",
            ),
        ],
        PresetId::Overcomplete1024 => &[
            (
                Pane::Numbers,
                "The row of noise images: images that are not digits are reconstructed as well as digits, \
                 which is what copying means",
            ),
            (
                Pane::Digits,
                "The difference row goes black: nothing is lost, and nothing was learned about digits",
            ),
        ],
        PresetId::Deep30 => &[
            (
                Pane::Loss,
                "First one layer after another, each with its own error; then all together, where \
                 the curve drops",
            ),
            (
                Pane::Gradients,
                "The first step shows what initial weights do: behind ReLU, Glorot's nearly halve the activations from layer \
                 to layer of the decoder, and He's keep them",
            ),
            (
                Pane::Latent,
                "Thirty units shown on two axes: classes separate that PCA with thirty components leaves \
                 mixed",
            ),
        ],
        PresetId::Deep30Logistic => &[
            (
                Pane::Loss,
                "First one layer after another, each with its own error; then all together. Train deep-30 before, and its \
                 curve stays to compare",
            ),
            (
                Pane::Gradients,
                "The first step shows why such networks were pre-trained: the slope of a logistic unit is a quarter at \
                 most, so gradients shrink from layer to layer on their way back from the output",
            ),
            (
                Pane::Activations,
                "The hidden layers before training: small dense weights leave all logistic units near a half",
            ),
        ],
        PresetId::Deep30Momentum => &[
            (
                Pane::Loss,
                "After deep-30 its curve stays as that of the previous run: how fast eight layers learn at once, and how \
                 much the pre-training is worth",
            ),
            (
                Pane::Activations,
                "The hidden layers at the start: sparse first weights spread logistic units between 0 and 1, where small \
                 dense ones leave all of them near a half",
            ),
        ],
        PresetId::StackedDenoising | PresetId::StackedDenoisingTied => &[
            (
                Pane::Loss,
                "Two classifiers side by side: the one that starts from the trained layers is ahead from \
                 the first epoch",
            ),
            (
                Pane::Activations,
                "The code after the layers have learned on their own: no label has been shown yet, but the classes \
                 can already be predicted from it",
            ),
        ],
        PresetId::Vae20 => &[
            (
                Pane::Activations,
                "Bars of nats for each unit: those at zero say nothing about the image and cost nothing",
            ),
            (
                Pane::Numbers,
                "Reconstruction and divergence add up to the bound; what one gains, the other loses",
            ),
        ],
        PresetId::Vae2 => &[
            (
                Pane::Latent,
                "The cloud fills the prior's circles around 0, neighbours are alike, and there are no \
                 empty places between classes",
            ),
            (
                Pane::Digits,
                "The images are blurred: two numbers and their noise have room for the class and the slant, not for \
                 every stroke",
            ),
        ],
        PresetId::BetaVae10 => &[
            (
                Pane::Activations,
                "Units that are not worth four times the price fall to zero nats and stay there",
            ),
            (
                Pane::Numbers,
                "On the pen digits, press Measure: one unit follows the slant",
            ),
        ],
        PresetId::Aae2 => &[
            (
                Pane::Latent,
                "The cloud is pressed into the outline of the prior, although no term describes its shape",
            ),
            (
                Pane::Loss,
                "Choose the adversary curves: both networks end near the point where a discriminator can only guess",
            ),
        ],
        PresetId::AaeMixture => &[
            (
                Pane::Latent,
                "Ten petals fill up; see which classes share one, and which are spread over several",
            ),
            (
                Pane::Numbers,
                "Petals filled, and the share of codes that lie in one",
            ),
        ],
    }
}
