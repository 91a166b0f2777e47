/** A run that is started in the window from a plan in a file. */

import type { PlanInput } from '@shared/schemas/plan'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { writePlan } from '../../support/gpo'
import { answerOpenDialog } from './dialogs'
import type { Journey } from './journey'

/** Imports the plan on New run and starts it; ends on the run's page. */
export async function startRun(walk: Journey, plan: PlanInput): Promise<void> {
  const { page, electron, home } = walk
  const path = writePlan(home, plan)
  await walk.go('/new')
  if (electron) await answerOpenDialog(electron, path)
  await page.getByRole('button', { name: 'Import a plan from a file' }).click()
  if (!electron) {
    await page.getByLabel('Path of a plan on this machine').fill(path)
    await page.getByRole('button', { name: 'Import', exact: true }).click()
  }
  await page.getByText('from plan.json').waitFor()
  await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Start', exact: true }).click()
  await page.getByRole('heading', { level: 1, name: plan.name ?? '' }).waitFor()
}

/** On the page of the run that trains. */
export async function stopRun(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page
    .getByRole('menuitem', { name: /^(After this iteration|Stop here)/ })
    .first()
    .click()
}

/** Waits until this many iterations of the active run are done, by the bar above every page. */
export const reached = ({ page }: Pick<Journey, 'page'>, name: string, iteration: number): Promise<void> =>
  expect
    .poll(
      async () => {
        const bar = await page.getByRole('button', { name: `Open ${name}` }).allInnerTexts()
        return Number(/iteration (\d+)\//.exec(bar.join())?.[1] ?? -1)
      },
      { timeout: 120_000, interval: 50 },
    )
    .toBeGreaterThanOrEqual(iteration)
