/** Ten tasks of a user's day with the pointer, each from the first screen, in few clicks. */
import { join } from 'node:path'
import { countClicks } from './support/clicks'
import {
  areWrong,
  COLUMNS,
  crash,
  GUIDED,
  isCompared,
  isExported,
  isImported,
  isMapped,
  isPaired,
  isResumed,
  isSampled,
  isSelectedShown,
  isStarted,
  isUnderstood,
  isVerified,
  otherThanFirst,
  PATTERN,
  PLAIN,
  toFirstScreen,
  trainGuided,
  withHope,
  writeQuestions,
} from './support/day'
import { type Journey, journey } from './support/journey'
import { fillNumbers } from './support/plan-form'

const buttonsOf = ({ page }: Journey) => ({
  rail: (name: string) => page.getByRole('navigation').getByRole('link', { name, exact: true }),
  button: (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' }),
  option: (name: string) => page.getByRole('option', { name, exact: true }),
  box: (name: string) => page.getByRole('combobox', { name, exact: true }),
  item: (name: string | RegExp) => page.getByRole('menuitem', { name }),
})

journey(
  'own data in few clicks: import, map, try the verifier, start',
  async (walk) => {
    const { page, home } = walk
    const { rail, button, option, box } = buttonsOf(walk)
    const file = writeQuestions(home)

    await page.getByRole('heading', { name: /Train a small model/ }).waitFor()
    await countClicks('import', async (click) => {
      await click(rail('Datasets'))
      await click(button('Add a dataset'))
      await page.getByLabel('Path on this machine').fill(file)
      await click(button('Add'))
      await isImported(walk)
    })

    await toFirstScreen(walk)
    await countClicks('map', async (click) => {
      await click(rail('Datasets'))
      for (const [column, role] of [
        [COLUMNS.prompt, 'Prompt'],
        [COLUMNS.answer, 'Answer'],
      ] as const) {
        await click(box(`Role of the column ${column}`))
        await click(option(role))
      }
      await isMapped(walk)
    })

    await toFirstScreen(walk)
    await countClicks('try the verifier', async (click) => {
      await click(rail('Datasets'))
      await click(page.getByRole('tab', { name: 'Verifier' }))
      await click(box('Verifier'))
      await click(option('Regular expression'))
      await page.getByLabel('Pattern').fill(PATTERN)
      await click(button('Use this verifier'))
      await isVerified(walk)
    })

    await toFirstScreen(walk)
    await countClicks('start', async (click) => {
      await click(rail('Datasets'))
      await click(button('Use in a new run'))
      await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
      await fillNumbers(page, [[/^Prompts per iteration/, '4']])
      await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
      await click(button('Start'))
      await isStarted(walk)
    })
  },
  { hosts: ['browser'] },
)

journey(
  'own runs in few clicks: resume, understand, reset, save a pair, compare, export',
  async (walk) => {
    await crash(walk)
    const { page, home } = walk
    const { rail, button, option, item } = buttonsOf(walk)

    await countClicks('resume after a crash', async (click) => {
      await click(button(`Actions for ${PLAIN}`))
      await click(item(/^Resume after iteration/))
      await isResumed(walk)
    })

    await toFirstScreen(walk)
    await countClicks('understand a wrong answer', async (click) => {
      await click(rail('Explorer'))
      await click(page.getByLabel('Status of the answer').first())
      await click(option('wrong'))
      await areWrong(page)
      await click(withHope(page))
      await isSelectedShown(page)
      await click(button(/^Step \d+.* hurt most/))
      await isUnderstood(walk)
    })

    await toFirstScreen(walk)
    await countClicks('reset by hand', async (click) => {
      await click(rail('Explorer'))
      await click(button(/^Sample \d+ here/))
      await isSampled(walk)
    })

    await toFirstScreen(walk)
    await countClicks('save a pair', async (click) => {
      await click(rail('Explorer'))
      const other = await otherThanFirst(page)
      await click(button('Choose as the better one of a pair').first())
      await click(button('Choose as the worse one of a pair').nth(other))
      await click(button('Save as pair'))
      await isPaired(walk)
    })

    await toFirstScreen(walk)
    await countClicks('compare two runs', async (click) => {
      for (const name of [GUIDED, PLAIN]) await click(page.getByRole('checkbox', { name: `Select ${name}` }))
      await click(button('Compare'))
      await isCompared(walk)
    })

    await toFirstScreen(walk)
    const pairs = join(home, 'pairs.jsonl')
    await countClicks('export', async (click) => {
      await click(button(`Actions for ${GUIDED}`))
      await click(item('Export…'))
      await click(page.getByRole('radio', { name: 'Preference pairs' }))
      await page.getByLabel('Path on this machine').fill(pairs)
      await page.getByRole('heading', { name: 'Ready', exact: true }).waitFor()
      await click(button('Export'))
      await isExported(walk, pairs)
    })
  },
  {
    hosts: ['browser'],
    timeout: 300_000,
    async prepare(home) {
      await trainGuided(home)
    },
  },
)
