import type { Plan } from '@shared/schemas/plan'

const fileName = ({ name, objective }: Plan): string =>
  `${(name ?? `${objective.kind}-plan`).replaceAll(/[^\p{L}\p{N}]+/gu, '-').replaceAll(/^-+|-+$/g, '')}.json`

/** Every setting, defaults too, as a file that `gpo train` and this page read. */
export function downloadPlan(plan: Plan): void {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(plan, null, 2)}\n`], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = fileName(plan)
  link.click()
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
