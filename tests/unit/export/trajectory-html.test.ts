import { trajectoryHtml } from '@main/export/trajectory-html'
import type { ExplorerTrajectory } from '@shared/contract/explorer'
import { expect, it } from 'vitest'

const HOSTILE = `<script>alert(1)</script>" onload='x' &amp; \u202egnp.exe`

const trajectory: ExplorerTrajectory = {
  ...{
    id: 1,
    iteration: 3,
    index: 0,
    row: 4,
    prompt: `How many? ${HOSTILE}`,
    reference: '7',
    text: 'a\nb\n',
    tokens: 9,
  },
  ...{ reward: 0, status: 'wrong', extracted: HOSTILE, byHand: [] },
  steps: [
    { start: 0, end: 4, text: 'a\n' },
    { start: 4, end: 9, text: `${HOSTILE}\n` },
  ],
  states: [
    { successes: 3, samples: 4, value: 0.75 },
    { successes: 1, samples: 4, value: 0.25 },
    { successes: 0, samples: 0, value: 0 },
  ],
  intervals: [
    [0.4, 0.93],
    [0.07, 0.6],
    [0, 0],
  ],
  advantages: [-0.5, -0.25],
  critical: { rule: 'undecided', step: 1, advantage: -0.25, confidence: 0.6 },
  continuations: [
    { state: 1, purpose: 'value', trained: false, tokens: 4, text: HOSTILE, reward: 1, status: 'correct' },
    { state: 1, purpose: 'reset', trained: true, tokens: 4, text: 'again', reward: 0, status: 'wrong' },
  ],
}

it('shows everything, and runs and fetches nothing', () => {
  const html = trajectoryHtml(trajectory, `my run ${HOSTILE}`)
  // Nothing of the data is markup: the only tags are ours.
  expect(html.match(/<script|<img|<link|<iframe|\son\w+=["']?\w/gi)).toBeNull()
  expect(html).not.toMatch(/https?:|url\(|@import|src=/)
  expect(html).toContain(`default-src 'none'`)
  expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;&quot; onload=&#39;x&#39; &amp;amp; [U+202E]gnp.exe')
  expect(html).toContain('value before it 0.75 <span class="quiet">(3 of 4 correct, 90 % 0.40 to 0.93)')
  expect(html).toContain('critical step: the run began anew before it')
  expect(html).toContain('1 continuation from before this step, 1 correct')
  expect(html).toContain('1 rollout trained on after the reset, 0 correct')
  expect(html).toContain('Step 1 hurt most (\u22120.50)')
  expect(html).toContain('Row 5 of the data')
})

it('shows one without steps as its text', () => {
  const html = trajectoryHtml(
    { ...trajectory, steps: [], states: [], intervals: [], advantages: [], critical: null },
    'a run',
  )
  expect(html).toContain('<div class="text">a\nb\n</div>')
})
