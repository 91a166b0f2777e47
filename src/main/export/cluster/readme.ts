/** The README of the folder that continues a run on a cluster: one screen. Pure. */
import type { ConfigSource } from '../trainer-config'
import type { Script } from './jobs'

interface Readme {
  readonly source: ConfigSource
  readonly scripts: readonly Script[]
  /** Whether the base model is in the folder. */
  readonly hasBase: boolean
  readonly hasVerl: boolean
}

const ABOUT: Readonly<Record<string, string>> = {
  'train.py': 'DPO on the pairs in `pairs.jsonl`',
  'train_kto.py': 'KTO on the labelled completions in `data/unpaired.jsonl`',
  'train_sft.py': 'SFT on those of them that were correct',
  'train_grpo.py': 'GRPO on the prompts in `data/train.jsonl`, judged by `reward.py`',
}

export function clusterReadme({ source: { run, base, plan }, scripts, hasBase, hasVerl }: Readme): string {
  const [first] = scripts
  const kind = plan.adaptation.kind === 'lora' ? 'adapter' : 'model'
  const where = hasBase
    ? `It is in this folder: \`${base}\`.`
    : `The settings name it as \`${base}\`. Where that is not found, give another place: \`--model_name_or_path ORGANISATION/NAME\`, or a folder that all nodes see.`
  const verl = hasVerl
    ? `
**verl** 0.9, in an environment of its own (\`pip install verl vllm mini-racer\`):

    python -m verl.trainer.main_ppo --config-path "$PWD" --config-name verl
`
    : ''
  return `# Run ${run} of GPO Studio, to go on with on a cluster

Here, or on any machine with a card (Python 3.10 or newer):

    pip install -r requirements.txt
    python ${first?.file}

${scripts.map(({ file, out }) => `- \`python ${file}\`: ${ABOUT[file]}; writes \`${out}\``).join('\n')}

Settings are those of the run, in the \`.yaml\` file of each; all can be given as arguments: \`--max_steps 5\`, \`--learning_rate 1e-5\`.
${verl}
**Ray**: a tunnel to the head, then send this folder and follow the log. The Jobs API has no password: never open its port to a network.

    ssh -N -L 8265:127.0.0.1:8265 HEAD &
    python submit.py logs "$(python submit.py submit)"

**SkyPilot**: \`sky launch sky.yaml\`.

**Back again**: copy the ${kind} to the machine with GPO Studio, and add it: \`gpo models add ${first?.out}\`.

- **The base model** is the one that the run started from. ${where}
- **The reward** is the run's verifier (${plan.verifier.kind}) with the same code: \`reward.py\` runs \`verifier.js\`. Try it:
  \`python reward.py 'The answer is 4.' 4\`.
- **What was found**: \`values.jsonl\` has every step's value, where the run estimated any; \`plan.json\` all settings.
- \`sha256sum -c SHA256SUMS\` checks that the folder arrived whole.
`
}
