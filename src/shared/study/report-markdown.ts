/** The report of a study as Markdown. Pure. */
import { BUDGETS, type Budget, type Study } from '../schemas/study'
import type { ArmResult, Basis, Comparison, StudyResults, TaskResult, Verdict } from './results'
import { amount, BUDGET_WORDS, count, level, percent, points, signedPoints } from './words'

/** Text in a table or a sentence: nothing in it is Markdown or HTML. */
const plain = (text: string) =>
  text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|#~]/g, (sign) => (sign === '<' ? '&lt;' : `\\${sign}`))

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [row(head), row(head.map(() => '---')), ...rows.map(row)].join('\n')

const NONE = '–'
const cost = (value: number | null) => (value === null ? NONE : amount(value))

function armRow({ arm, mean, interval, intervalOver, count: seeds, before, cost: of }: ArmResult): string[] {
  const reach = interval ? `${percent(interval.low)} to ${percent(interval.high)}` : NONE
  return [
    plain(arm),
    mean === null ? NONE : percent(mean),
    intervalOver === 'problems' ? `${reach} (over problems)` : reach,
    String(seeds),
    before === null ? NONE : percent(before),
    ...BUDGETS.map((budget) => cost(of[budget])),
  ]
}

/** The measure, then at an equal amount of a budget. */
const basisWords = (basis: Basis) => (basis === 'measure' ? 'as fixed' : `equal ${BUDGET_WORDS[basis].label}`)

function comparisonRow({ arm, basis, difference, interval, seeds, problems, at, why }: Comparison): string[] {
  return [
    plain(arm),
    basisWords(basis) + (at === null ? '' : ` (${amount(at)})`),
    difference === null ? NONE : signedPoints(difference),
    interval ? `${points(interval.low)} to ${points(interval.high)}` : (why ?? NONE),
    String(seeds),
    String(problems),
  ]
}

interface Shown {
  readonly comparisons: readonly Comparison[]
  readonly verdicts: readonly Verdict[]
}

function comparisonPart(
  { comparisons, verdicts }: Shown,
  { base, confidence }: StudyResults,
  bases: readonly Basis[],
): string[] {
  const isShown = ({ basis }: { readonly basis: Basis }) => bases.includes(basis)
  return [
    verdicts
      .filter(isShown)
      .map(({ sentence }) => `- ${plain(sentence)}`)
      .join('\n'),
    table(
      [`arm against ${plain(base)}`, 'compared', 'points', `${level(confidence)} interval`, 'seeds', 'problems'],
      comparisons.filter(isShown).map(comparisonRow),
    ),
  ]
}

function taskPart(task: TaskResult, results: StudyResults, bases: readonly Basis[]): string[] {
  return [
    ...(results.tasks.length > 1 ? [`## ${plain(task.task)}`] : []),
    table(
      [
        'arm',
        'accuracy',
        `${level(results.confidence)} interval over seeds`,
        'seeds',
        'before',
        ...BUDGETS.map((budget) => BUDGET_WORDS[budget].label),
      ],
      task.arms.map(armRow),
    ),
    ...comparisonPart(task, results, bases),
  ]
}

const changesText = (changes: Readonly<Record<string, unknown>>) =>
  Object.entries(changes)
    .map(([path, value]) => `${path} = ${JSON.stringify(value)}`)
    .join(', ') || 'the plan as it is'

function designPart({ arms, tasks, seeds, measure, stopEarly, base }: Study): string {
  const when =
    measure.iteration === 'last'
      ? 'the last evaluation of each run'
      : `the evaluation after iteration ${measure.iteration}`
  const rule = stopEarly
    ? `An arm’s remaining seeds are left out after ${count(stopEarly.afterSeeds, 'seed')} or more, once its ${level(stopEarly.confidence)} interval lies below ${plain(base)}.`
    : 'No arm ends early.'
  return [
    `Fixed before the start: greedy accuracy on held-out problems at ${when}; intervals at ${level(measure.confidence)}; seeds ${seeds.join(', ')}. ${rule}`,
    '',
    ...arms.map(
      ({ name, changes, why }) =>
        `- arm **${plain(name)}**: ${plain(changesText(changes))}${why ? ` (${plain(why)})` : ''}`,
    ),
    ...(tasks.length > 1
      ? tasks.map(({ name, changes }) => `- task **${plain(name)}**: ${plain(changesText(changes))}`)
      : []),
  ].join('\n')
}

const METHOD =
  'Differences are paired: same seeds, same problems. Their intervals are the standard deviation of a hierarchical bootstrap over seeds, then problems, times Student’s t; those of an accuracy are Student’s t over seeds. At an equal budget each run is taken between its two evaluations around the largest amount that all compared runs reached.'

/** @param budget shown beside the fixed measure; all four if it is omitted */
export function markdownReport(study: Study, results: StudyResults, budget?: Budget): string {
  const bases: readonly Basis[] = ['measure', ...(budget ? [budget] : BUDGETS)]
  const overall = results.overall ? ['## Over all tasks', ...comparisonPart(results.overall, results, bases)] : []
  const parts = [
    `# ${plain(study.name)}`,
    ...(study.question ? [plain(study.question)] : []),
    ...overall,
    ...results.tasks.flatMap((task) => taskPart(task, results, bases)),
    ...(results.notes.length > 0 ? [results.notes.map((note) => `- ${plain(note)}`).join('\n')] : []),
    '## How it was measured',
    designPart(study),
    METHOD,
  ]
  return `${parts.join('\n\n')}\n`
}
