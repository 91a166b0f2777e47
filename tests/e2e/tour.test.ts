/** What the program does, in three steps: offered at the first start, skipped, found again. */
import { expect } from 'vitest'
import { journey } from './support/journey'

journey('the tour is offered, skipped and found again', async ({ page }) => {
  const dialog = page.getByRole('dialog', { name: 'What GPO Studio does' })
  await page.getByRole('button', { name: 'What happens, in three steps' }).click()
  await dialog.getByText(/answers every problem several times/).waitFor()
  await dialog.getByRole('button', { name: 'Skip' }).click()
  await dialog.waitFor({ state: 'detached' })

  await page.keyboard.press('Control+k')
  await page.getByRole('combobox', { name: 'Find a page, an action, a setting or a run' }).fill('tour')
  await page.getByRole('option', { name: /Tour in three steps/ }).click()
  await dialog.getByRole('button', { name: 'Next' }).click()
  await dialog.getByText(/From each step of an answer/).waitFor()
  await dialog.getByRole('button', { name: 'Next' }).click()
  await dialog.getByText(/New answers begin at that step/).waitFor()
  await dialog.getByRole('link', { name: 'Go to Runs' }).click()
  await dialog.waitFor({ state: 'detached' })
  await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor()
  expect(await page.getByRole('button', { name: /^Train the example/ }).isVisible()).toBe(true)
})
