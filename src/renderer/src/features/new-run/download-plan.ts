import { saveText } from '@renderer/lib/save-text'
import type { Plan } from '@shared/schemas/plan'

const fileName = ({ name, objective }: Plan): string =>
  `${(name ?? `${objective.kind}-plan`).replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-+|-+$/g, '')}.json`

/** Every setting, defaults too, as a file that `gpo train` and this page read. */
export const downloadPlan = (plan: Plan): void =>
  saveText(fileName(plan), 'application/json', `${JSON.stringify(plan, null, 2)}\n`)
