/** A trajectory as one HTML file to share: everything is in it, and nothing of it runs or is fetched. Pure. */
import type { ExplorerTrajectory } from '@shared/contract/explorer'
import { turnsInWords, turnsOf } from '@shared/method/turns'
import { rowNumber } from '@shared/row-number'
import type { ContinuationRecord } from '@shared/schemas/trajectory'

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Bidirectional controls reorder what is around them, so they are shown as their code points. */
const escaped = (text: string): string =>
  text
    .replace(/[&<>"']/g, (sign) => ESCAPES[sign]!)
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, (sign) => `[U+${sign.codePointAt(0)!.toString(16).toUpperCase()}]`)

const STYLE = `
:root { color-scheme: light dark; --line: #dfe3e8; --quiet: #5b6470; --bar: #3d85c0; --critical: #8034f4; --helped: #1f6fb5; --hurt: #b35200 }
@media (prefers-color-scheme: dark) { :root { --line: #2f353d; --quiet: #a2abb7; --bar: #4c9ad4; --critical: #b794ff; --helped: #5aa9e6; --hurt: #f0924a } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem } h2 { font-size: 1.05rem; margin-top: 1.6rem }
.quiet { color: var(--quiet) } .text { font: 13px/1.5 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere }
.step { border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; margin: .5rem 0 }
.step.critical { border-color: var(--critical); border-width: 2px }
.facts { display: flex; flex-wrap: wrap; gap: .3rem 1rem; align-items: center; font-size: 13px }
.mark { font-weight: 600 } .mark.critical { color: var(--critical) } .mark.helped { color: var(--helped) } .mark.hurt { color: var(--hurt) }
.bar { display: inline-block; width: 6rem; height: .5rem; border: 1px solid var(--line); border-radius: 3px } .bar span { display: block; height: 100%; background: var(--bar) }
details { margin-top: .4rem; font-size: 13px } summary { cursor: pointer } details .text { border-left: 2px solid var(--line); padding-left: .6rem; margin: .4rem 0 }`

const percent = (share: number) => `${(100 * share).toFixed(0)} %`

const bar = (value: number | null): string =>
  value === null
    ? '<span class="quiet">not visited by the search</span>'
    : `<span class="bar" role="img" aria-label="${percent(value)}"><span style="width:${(100 * value).toFixed(1)}%"></span></span>`

/** @param where after the number of them */
function continuationsOf(list: readonly ContinuationRecord[], what: string, where: string): string {
  if (list.length === 0) return ''
  const correct = list.filter(({ status }) => status === 'correct').length
  const items = list.map(
    ({ status, tokens, text, unfinished }) =>
      `<p class="quiet">${escaped(status)}, ${tokens} tokens${unfinished ? ', ended when its verdict was settled' : ''}</p><div class="text">${escaped(text)}</div>`,
  )
  return `<details><summary>${list.length} ${what}${list.length === 1 ? '' : 's'} ${where}, ${correct} correct</summary>${items.join('')}</details>`
}

function stepOf(trajectory: ExplorerTrajectory, index: number): string {
  const { steps, states, intervals, advantages, critical, continuations } = trajectory
  const state = states[index]
  const turns = turnsOf(advantages)
  const advantage = advantages[index] ?? null
  const marks = [
    index === critical?.step && '<span class="mark critical">critical step: the run began anew before it</span>',
    index === turns.helped && '<span class="mark helped">helped most</span>',
    index === turns.hurt && '<span class="mark hurt">hurt most</span>',
  ].filter((mark) => mark !== false)
  const [low, high] = intervals[index] ?? [0, 1]
  const value = state?.value ?? null
  const facts = state
    ? `${bar(value)}${value === null ? '' : `<span>value before it ${value.toFixed(2)} <span class="quiet">(${state.successes} of ${state.samples} correct, 90 % ${low.toFixed(2)} to ${high.toFixed(2)})</span></span>`}${
        advantage === null
          ? ''
          : `<span>advantage ${advantage >= 0 ? '+' : '\u2212'}${Math.abs(advantage).toFixed(2)}</span>`
      }`
    : ''
  const own = continuations.filter((one) => one.state === index)
  return `<section class="step${index === critical?.step ? ' critical' : ''}"><div class="facts"><span class="quiet">step ${index + 1}</span>${marks.join('')}${facts}</div>
<div class="text">${escaped(steps[index]!.text)}</div>${continuationsOf(
    own.filter(({ purpose }) => purpose === 'value'),
    'continuation',
    'from before this step',
  )}${continuationsOf(
    own.filter(({ trained }) => trained),
    'rollout',
    'trained on after the reset',
  )}</section>`
}

/** @param run its name */
export function trajectoryHtml(trajectory: ExplorerTrajectory, run: string): string {
  const { iteration, index, row, prompt, reference, extracted, status, reward, tokens, steps, text, critical } =
    trajectory
  const title = `${run}, iteration ${iteration}, trajectory ${index + 1}`
  const body =
    steps.length === 0
      ? `<div class="text">${escaped(text)}</div>`
      : `<p>${escaped(turnsInWords(critical?.rule ?? null, critical?.step ?? null, trajectory.advantages))}</p>${steps
          .map((_, i) => stepOf(trajectory, i))
          .join('\n')}`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title><style>${STYLE}</style></head><body>
<h1>${escaped(title)}</h1>
<p class="quiet">Row ${rowNumber(row)} of the data, ${tokens} tokens. The value of a step is the share of right answers among continuations sampled from before it.</p>
<h2>Question</h2><div class="text">${escaped(prompt)}</div>
<h2>Steps</h2>${body}
<h2>Answer</h2><p>${escaped(status)}: answer <span class="text">${escaped(extracted ?? '\u2013')}</span>, reference <span class="text">${escaped(reference || '\u2013')}</span>, reward ${reward}</p>
<p class="quiet">Made by GPO Studio.</p>
</body></html>
`
}
