/** The README of a folder that trains with TRL. Pure. */
import type { ConfigSource } from './trainer-config'

export function trlReadme({ run, base, plan }: ConfigSource): string {
  const result = plan.adaptation.kind === 'lora' ? 'the adapter' : 'the model'
  return `# DPO in TRL, from run ${run} of GPO Studio

\`\`\`
pip install -r requirements.txt
python train.py
gpo models add gpo-${run}-dpo
\`\`\`

The first line wants Python 3.10 or newer, best in an environment of its own. The second trains on \`pairs.jsonl\` with the settings in
\`dpo.yaml\` and writes ${result} to \`gpo-${run}-dpo\`; five steps are a trial: \`python train.py --max_steps 5\`. The third adds the result to
the models of GPO Studio.

- **Settings** are those of the run. Each can be changed in \`dpo.yaml\` or given as an argument: \`--learning_rate 1e-5\`, \`--beta 0.3\`.
- **The base model** is the one that the run started from:

      ${base}

  On another machine, or to go on from a result, name a folder, a \`.gguf\` file or a model on the Hugging Face Hub:
  \`python train.py --model_name_or_path ORGANISATION/NAME\`.
- **Tokens** are those that GPO Studio would train on if it read \`pairs.jsonl\`: each prompt is plain text, with the chat template's special tokens
  written out where the run used one, so no template is applied again, and an answer never changes the tokens of its prompt. Every answer gets the tokenizer's end token, also one that was cut in
  the run at its longest length.
- **The loss** is the same in both programs (docs/papers.md of GPO Studio). The order of the pairs and the first values of an adapter are
  random, and other in each.
`
}
