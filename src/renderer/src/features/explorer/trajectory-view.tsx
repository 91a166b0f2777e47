import { ActionIcon, Box, Group, SegmentedControl, Select, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { AdvantageBar } from '@renderer/charts/advantage-bar'
import { UndecidedBar } from '@renderer/charts/undecided-bar'
import { ValueBar } from '@renderer/charts/value-bar'
import { advantageColour } from '@renderer/charts/value-colour'
import { ValueCurve } from '@renderer/charts/value-curve'
import { MathText } from '@renderer/components/math-text'
import { PictureButton } from '@renderer/components/picture-button'
import { VerdictMark } from '@renderer/components/status'
import { Term } from '@renderer/components/term'
import { api } from '@renderer/lib/api'
import { messageOf } from '@renderer/lib/errors'
import { formatSigned } from '@renderer/lib/format'
import { saveText } from '@renderer/lib/save-text'
import type { ExplorerTrajectory } from '@shared/contract/explorer'
import { SCORED_RULES, type ScoredRule } from '@shared/method/critical-step'
import { turnsInWords, turnsOf } from '@shared/method/turns'
import { rowNumber } from '@shared/row-number'
import type { CheckpointRecord } from '@shared/schemas/events'
import type { StateRecord } from '@shared/schemas/trajectory'
import { IconFileTypeHtml, IconFlagFilled, IconTrendingDown, IconTrendingUp } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import classes from './explorer.module.css'
import { OverlayBar } from './overlay-bar'
import { criticalBy } from './rules'
import { mostOf, type OverlayKind, type Span, spansBySteps, tokenWords, weightOf } from './token-overlay'
import { useOverlay } from './use-overlay'

interface TrajectoryViewProps {
  readonly trajectory: ExplorerTrajectory
  /** The state whose continuations are shown: before step `state`. */
  readonly state: number
  readonly onState: (state: number) => void
  /** Null: the rule of the run. */
  readonly rule: ScoredRule | null
  readonly onRule: (rule: ScoredRule | null) => void
  readonly isRaw: boolean
  readonly onRaw: (isRaw: boolean) => void
  readonly checkpoints: readonly CheckpointRecord[]
  readonly isReadOnly: boolean
}

/** The critical step by the run's rule or by another one. */
export const criticalOf = ({ critical, states }: ExplorerTrajectory, rule: ScoredRule | null): number | null =>
  rule === null ? (critical?.step ?? null) : criticalBy(rule, states)

async function saveHtml(id: number): Promise<void> {
  try {
    const { fileName, text } = await api.explorer.html({ id })
    saveText(fileName, 'text/html', text)
  } catch (error) {
    notifications.show({ color: 'orange', title: 'The trajectory was not saved', message: messageOf(error) })
  }
}

const advantageShade = (advantage: number) =>
  `color-mix(in srgb, ${advantageColour(advantage)} ${(DARKEST * Math.min(1, Math.abs(advantage))).toFixed(1)}%, transparent)`

interface ColouredProps {
  readonly spans: readonly Span[]
  readonly kind: Exclude<OverlayKind, 'advantage'>
  readonly most: number
}

/** Share of the colour behind the token that has most. */
const DARKEST = 60

const Coloured = ({ spans, kind, most }: ColouredProps) =>
  spans.map(({ text, token }, i) => (
    <span
      // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no other name than their place
      key={i}
      title={tokenWords(token)}
      style={{
        background: `color-mix(in srgb, var(--value-75) ${(DARKEST * weightOf(kind, token, most)).toFixed(1)}%, transparent)`,
      }}
    >
      {text}
    </span>
  ))

/** One trajectory: question, steps with values and advantages, the critical step, the answer. */
export function TrajectoryView(props: TrajectoryViewProps) {
  const { trajectory, state, onState, rule, onRule, isRaw, onRaw, checkpoints, isReadOnly } = props
  const [kind, setKind] = useState<OverlayKind | null>(null)
  const curve = useRef<HTMLDivElement>(null)
  // The weights that sampled it, or the newest that are left of those before it.
  const before = checkpoints.findLast(({ iteration }) => iteration < trajectory.iteration) ?? checkpoints[0]
  const [chosen, setChosen] = useState<number | null | undefined>(undefined)
  const checkpoint = chosen === undefined ? (before?.iteration ?? null) : chosen
  const isMeasured = kind !== null && kind !== 'advantage'
  const overlay = useOverlay(trajectory.id, checkpoint, isMeasured)
  const tokens = overlay.status === 'done' ? overlay.tokens : []
  const parts = trajectory.steps.length > 0 ? trajectory.steps.map((step) => step.text) : [trajectory.text]
  const spans = isMeasured && tokens.length > 0 ? spansBySteps(tokens, parts) : null
  const coloured = (index: number) =>
    spans && isMeasured ? <Coloured spans={spans[index] ?? []} kind={kind} most={mostOf(kind, tokens)} /> : null
  const { steps, states, prompt, reference, extracted, status, text } = trajectory
  const critical = criticalOf(trajectory, rule)
  const hasValues = states.length > 0
  const turns = turnsOf(trajectory.advantages)
  return (
    <>
      <Group className={classes['heading']} justify="space-between" gap={6}>
        <Text size="sm" fw={600} className="clip">
          Iteration {trajectory.iteration}, trajectory {trajectory.index + 1}
        </Text>
        <Group gap="sm" wrap="nowrap">
          <Tooltip label="Save it as one HTML file, to share: it needs neither this program nor a network">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Save as HTML"
              onClick={() => void saveHtml(trajectory.id)}
            >
              <IconFileTypeHtml size={17} />
            </ActionIcon>
          </Tooltip>
          {hasValues && (
            <Select
              data={[
                { value: 'run', label: `rule of the run (${trajectory.critical?.rule ?? 'none'})` },
                ...SCORED_RULES.map((rule) => ({ value: rule, label: `rule ${rule}` })),
              ]}
              value={rule ?? 'run'}
              onChange={(value) => onRule(value === 'run' ? null : (value as ScoredRule))}
              allowDeselect={false}
              aria-label="Rule that picks the critical step; the run is not changed"
              w={172}
            />
          )}
          <SegmentedControl
            data={[
              { value: 'math', label: 'Math' },
              { value: 'raw', label: 'Raw' },
            ]}
            value={isRaw ? 'raw' : 'math'}
            onChange={(value) => onRaw(value === 'raw')}
            aria-label="How text is shown"
          />
        </Group>
      </Group>
      <OverlayBar
        kind={kind}
        onKind={setKind}
        checkpoint={checkpoint}
        onCheckpoint={setChosen}
        checkpoints={checkpoints}
        isReadOnly={isReadOnly}
        state={overlay}
      />
      <Box className={classes['scroller']}>
        <Box px={12} py={8} style={{ borderBottom: '1px solid var(--line)' }}>
          <Text size="xs" className="quiet">
            Question, row {rowNumber(trajectory.row)} of the data; the trajectory has {trajectory.tokens} tokens
          </Text>
          <Text component="div" className="model-text">
            <MathText text={prompt.trim()} isRaw={isRaw} />
          </Text>
          {hasValues && (
            <Text size="xs" mt={6}>
              {turnsInWords(
                trajectory.critical?.rule ?? null,
                trajectory.critical?.step ?? null,
                trajectory.advantages,
              )}{' '}
              <Term id="critical">What is a critical step?</Term>
            </Text>
          )}
        </Box>
        {steps.length === 0 ? (
          <Box px={12} py={8}>
            <Text component="div" className="model-text">
              {coloured(0) ?? <MathText text={text} isRaw={isRaw} />}
            </Text>
            <Text size="sm" className="quiet" mt="sm">
              This run selected no critical steps (its rule is none), so its trajectories were not cut into steps and
              have no values.
            </Text>
          </Box>
        ) : (
          steps.map((step, i) => {
            const key = `step-${step.start}`
            return (
              <StepRow
                key={key}
                trajectory={trajectory}
                index={i}
                isCritical={i === critical}
                turn={i === turns.helped ? 'helped' : i === turns.hurt ? 'hurt' : null}
                isSelected={i === state}
                confidence={rule === null && i === critical ? (trajectory.critical?.confidence ?? null) : null}
                isRaw={isRaw}
                coloured={coloured(i)}
                isColoured={kind === 'advantage'}
                onSelect={() => onState(i)}
                onMove={(by) => onState(Math.min(steps.length - 1, Math.max(0, i + by)))}
              />
            )
          })
        )}
        <Group px={12} py={8} gap="md" style={{ borderBottom: '1px solid var(--line)' }}>
          <VerdictMark status={status} />
          <Text size="sm">
            answer <span className="mono">{extracted ?? '–'}</span>, reference{' '}
            <span className="mono">{reference || '–'}</span>, reward {trajectory.reward}
          </Text>
        </Group>
        {hasValues && (
          <Box ref={curve} pos="relative">
            <Box pos="absolute" top={4} right={8} style={{ zIndex: 1 }}>
              <PictureButton title="V along the trajectory" holder={curve} />
            </Box>
            <ValueCurve trajectory={trajectory} critical={critical} state={state} onState={onState} />
          </Box>
        )}
      </Box>
    </>
  )
}

interface StepRowProps {
  readonly trajectory: ExplorerTrajectory
  readonly index: number
  readonly isCritical: boolean
  /** Whether it is the step that helped or hurt most. */
  readonly turn: 'helped' | 'hurt' | null
  readonly isSelected: boolean
  readonly confidence: number | null
  readonly isRaw: boolean
  /** The text with its tokens coloured; null: as it is. */
  readonly coloured: ReactNode
  /** By the step's advantage. */
  readonly isColoured: boolean
  readonly onSelect: () => void
  /** To a step before or after it. */
  readonly onMove: (by: number) => void
}

/** Scrolls the nearest part that scrolls, and not the page around it: where parts are below each other, its top would be lost. */
function showInside(step: HTMLElement): void {
  const around = step.closest<HTMLElement>(`.${classes['scroller']}`)
  if (!around || around.scrollHeight <= around.clientHeight) return
  const [outer, inner] = [around.getBoundingClientRect(), step.getBoundingClientRect()]
  if (inner.top < outer.top) around.scrollTop += inner.top - outer.top
  else if (inner.bottom > outer.bottom) around.scrollTop += Math.min(inner.bottom - outer.bottom, inner.top - outer.top)
}

const shortValue = (value: number | null) => {
  if (value === null) return '·'
  return value === 1 ? '1' : value.toFixed(2).replace(/^0/, '')
}

/** A state's value in words. */
const valueWords = ({ value }: StateRecord) => value?.toFixed(2) ?? 'unknown'

/** How a state's value was found, in words. */
function howKnown({ value, successes, samples }: StateRecord): string {
  if (value === null) return 'not visited by the search'
  return samples === 0 ? 'known' : `${successes} of ${samples} continuations correct`
}

const TURNS = {
  helped: {
    words: 'helped most',
    why: 'No other measured step raised the share of right answers as much.',
    colour: 'var(--helped)',
    icon: IconTrendingUp,
  },
  hurt: {
    words: 'hurt most',
    why: 'No other measured step lowered the share of right answers as much.',
    colour: 'var(--hurt)',
    icon: IconTrendingDown,
  },
} as const

/** Critical, helped most, hurt most: each with its explanation. */
function Marks({ isCritical, turn }: Pick<StepRowProps, 'isCritical' | 'turn'>) {
  const Turn = turn && TURNS[turn].icon
  return (
    <Box style={{ width: 14, flexShrink: 0, marginTop: 2 }}>
      {isCritical && (
        <Tooltip label="The critical step: new rollouts begin before it" position="right">
          <IconFlagFilled size={14} color="var(--critical)" aria-hidden />
        </Tooltip>
      )}
      {Turn && turn && (
        <Tooltip label={`${TURNS[turn].words}: ${TURNS[turn].why}`} multiline maw={260} position="right">
          <Turn size={14} color={TURNS[turn].colour} aria-hidden />
        </Tooltip>
      )}
    </Box>
  )
}

function StepRow(props: StepRowProps) {
  const { trajectory, index, isCritical, turn, isSelected, confidence, isRaw, coloured, isColoured, onSelect, onMove } =
    props
  const { steps, states, intervals, advantages } = trajectory
  const before = states[index]
  const after = states[index + 1]
  const advantage = advantages[index] ?? null
  const undecided = before && before.value !== null ? before.value * (1 - before.value) : null
  const ref = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (!isSelected || !ref.current) return
    showInside(ref.current)
    if (document.activeElement?.classList.contains(classes['step'] ?? '')) ref.current.focus({ preventScroll: true })
  }, [isSelected])
  const about =
    before && after
      ? `, value ${valueWords(before)} to ${valueWords(after)}, advantage ${advantage?.toFixed(2) ?? 'unknown'}`
      : ''
  return (
    <UnstyledButton
      ref={ref}
      className={classes['step']}
      data-critical={isCritical || undefined}
      data-selected={isSelected || undefined}
      aria-pressed={isSelected}
      tabIndex={isSelected ? 0 : -1} // one stop for all steps: the keys that select another take the focus along
      onKeyDown={(event) => {
        const by = { ArrowUp: -1, ArrowDown: 1 }[event.key]
        if (by === undefined) return
        event.preventDefault() // it would scroll
        onMove(by)
      }}
      aria-label={`Step ${index + 1}${isCritical ? ', the critical step' : ''}${turn === null ? '' : `, ${TURNS[turn].words}`}${about}: ${steps[index]!.text.trim()}`}
      onClick={onSelect}
    >
      <Group gap={2} wrap="nowrap" align="flex-start">
        <Marks isCritical={isCritical} turn={turn} />
        <Text size="xs" className="quiet" pt={1}>
          {index + 1}
        </Text>
      </Group>
      <Text component="div" className="model-text">
        {coloured ?? (
          <span style={isColoured && advantage !== null ? { background: advantageShade(advantage) } : undefined}>
            <MathText text={steps[index]!.text.replace(/\n+$/, '')} isRaw={isRaw} />
          </span>
        )}
        {confidence !== null && (
          <Text size="xs" style={{ color: 'var(--critical)' }}>
            critical step, selected with probability {confidence.toFixed(2)}
          </Text>
        )}
      </Text>
      {before && after && (
        <Tooltip
          label={
            <>
              V before: {howKnown(before)}, 90 % interval {intervals[index]!.map((x) => x.toFixed(2)).join(' to ')}. V
              after: {howKnown(after)}.
              {undecided !== null &&
                ` V(1 − V), how undecided the outcome is before the step: ${undecided.toFixed(2)} of at most 0.25.`}
            </>
          }
          multiline
          maw={360}
        >
          <Box className={classes['numbers']}>
            {before.value === null ? (
              <span style={{ width: 44 }} />
            ) : (
              <ValueBar value={before.value} interval={intervals[index]} width={44} />
            )}
            <span>
              V {shortValue(before.value)} → {shortValue(after.value)}
            </span>
            <AdvantageBar advantage={advantage ?? 0} width={34} />
            <span className="numeric">A {advantage === null ? '·' : formatSigned(advantage)}</span>
            <UndecidedBar undecided={undecided ?? 0} width={44} />
            <span className="quiet">V(1−V) {undecided === null ? '·' : shortValue(undecided)}</span>
          </Box>
        </Tooltip>
      )}
    </UnstyledButton>
  )
}
