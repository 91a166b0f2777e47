/** What starts the training on a cluster: a job for Ray, and a task for SkyPilot. Pure. */
import { comment, yamlOf } from '../commented-yaml'

/** A script of the folder, with what it trains. */
export interface Script {
  readonly file: string
  /** Folder that it writes. */
  readonly out: string
}

/** For Ray's Jobs API; submit.py adds the folder itself, and the packages of requirements.txt. */
export const rayJob = (run: string, { file }: Script): string =>
  `${JSON.stringify(
    {
      entrypoint: `python ${file}`,
      runtime_env: { env_vars: { TOKENIZERS_PARALLELISM: 'false' } },
      metadata: { run, made_by: 'GPO Studio' },
    },
    null,
    2,
  )}\n`

/** One node with one card; the kind of card is the user's choice. */
export const skyTask = (run: string, { file, out }: Script): string =>
  yamlOf([
    comment('A task for SkyPilot: `sky launch sky.yaml`, then `sky rsync-down` for the result.'),
    { name: `gpo-${run}` },
    comment('Any card with enough memory for the model: L4:1, A100:1, H100:1.'),
    { resources: { accelerators: 'L4:1' }, num_nodes: 1, workdir: '.' },
    { setup: 'pip install -r requirements.txt', run: `python ${file}` },
    comment(`The result is ${out} in the task's working folder.`),
  ])
