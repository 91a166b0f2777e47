/** The README of a collection's folder. */
export const collectionReadme = (name: string): string => `# ${name.replaceAll(/[\r\n]+/g, ' ')}

Trajectories of a language model with Monte Carlo values of their states, critical steps and pairs, collected by GPO Studio. Nothing was trained.

| file | contents |
|---|---|
| \`trajectories-NNNNNN.jsonl.gz\` | one trajectory a line: \`prompt\`, \`text\`, \`reward\`, its \`steps\` (tokens \`start\` to \`end\`), the \`states\` between them with \`value\` (share of right continuations), \`samples\` and 90 % \`interval\`, the \`advantages\` of the steps, the \`critical\` step, and all \`continuations\` with the \`state\` they began at |
| \`pairs-NNNNNN.jsonl.gz\` | \`prompt\` (with the steps before the state), \`chosen\`, \`rejected\`: right and wrong continuations of one state |
| \`collection.json\` | the run, its plan, and the counts of each shard |
| \`SHA256SUMS\` | \`sha256sum -c SHA256SUMS\` checks that the folder arrived whole |

In Python:

\`\`\`python
from datasets import load_dataset

pairs = load_dataset("json", data_files="pairs-*.jsonl.gz", split="train")
\`\`\`

In GPO Studio the explorer shows the run itself; \`gpo export RUN --format bundle\` takes it to another computer.
`
