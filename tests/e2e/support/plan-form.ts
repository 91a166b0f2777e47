/** The form of a new run. */
import type { Page } from 'playwright-core'

/** Types numbers into fields, found by how their labels begin; a value counts once the field is left. */
export async function fillNumbers(
  page: Page,
  values: readonly (readonly [label: RegExp, value: string])[],
): Promise<void> {
  for (const [label, value] of values) {
    const field = page.getByRole('textbox', { name: label }).first()
    await field.fill(value)
    await field.blur()
  }
}
