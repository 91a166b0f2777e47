import { Badge, Box, Button, Group, SegmentedControl, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { VerdictMark } from '@renderer/components/status'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import { formatPercent } from '@renderer/lib/format'
import type { ExplorerTrajectory, HandContinuation } from '@shared/contract/explorer'
import type { CheckpointRecord } from '@shared/schemas/events'
import type { ContinuationRecord } from '@shared/schemas/trajectory'
import { useState } from 'react'
import { type Choice, ContinuationRow, ContinuationTree, type Shown } from './continuations'
import classes from './explorer.module.css'
import { SampleHere } from './sample-here'
import { SideBySide } from './side-by-side'

interface StatePanelProps {
  readonly run: string
  readonly trajectory: ExplorerTrajectory
  readonly state: number
  readonly checkpoints: readonly CheckpointRecord[]
  readonly isReadOnly: boolean
  readonly isRaw: boolean
}

const recorded = (one: ContinuationRecord, i: number): Shown => ({ ...one, key: `recorded-${i}` })
const sampled = (one: HandContinuation): Shown => ({ ...one, key: `hand-${one.id}` })

const correctOf = (list: readonly Shown[]) => list.filter(({ status }) => status === 'correct').length

/** All samples from one state: those that estimate its value, those after the reset, and those by hand. */
export function StatePanel({ run, trajectory, state, checkpoints, isReadOnly, isRaw }: StatePanelProps) {
  const { steps, states, intervals, continuations, critical, byHand } = trajectory
  const [view, setView] = useState<'list' | 'tree'>('list')
  const [choice, setChoice] = useState<Choice>({ chosen: null, rejected: null })
  const [isBeside, beside] = useDisclosure(false)
  const cache = useCache()
  const rest = steps
    .slice(state)
    .map(({ text }) => text)
    .join('')
  const all = continuations.map(recorded)
  const values = all.filter((one, i) => one.state === state && continuations[i]!.purpose === 'value')
  const isReset = critical?.step === state
  const resets = all.filter((one, i) => one.state === state && continuations[i]!.trained)
  const hands = byHand.filter((one) => one.state === state).map(sampled)
  const estimate = states[state]
  const everything = [...values, ...resets, ...hands]
  const find = (key: string | null) => everything.find((one) => one.key === key)
  const [better, worse] = [find(choice.chosen), find(choice.rejected)]
  const [chosen, rejected] = [better?.text, worse?.text]

  const save = async () => {
    if (chosen === undefined || rejected === undefined) return
    try {
      await api.explorer.savePair({ id: trajectory.id, state, chosen, rejected })
      setChoice({ chosen: null, rejected: null })
      void cache.pairSaved()
      notifications.show({ message: 'The pair was saved. Export it under Export, preference pairs.' })
    } catch (error) {
      notifications.show({ color: 'orange', title: 'The pair was not saved', message: messageOf(error) })
    }
  }

  const section = (title: string, list: readonly Shown[], note?: string) =>
    list.length > 0 && (
      <Box component="section" aria-label={title}>
        <Group gap="sm" px={10} py={5} justify="space-between" style={{ background: 'var(--surface-raised)' }}>
          <Text size="xs" fw={600}>
            {title} ({list.length})
            {note && (
              <Text span size="xs" className="quiet" fw={400}>
                {' '}
                {note}
              </Text>
            )}
          </Text>
          <Text size="xs" className="quiet">
            {correctOf(list)} of {list.length} correct
          </Text>
        </Group>
        <Group gap={2} px={10} pt={5}>
          {list.map((one) => (
            <VerdictMark key={one.key} status={one.status} isIconOnly />
          ))}
        </Group>
        {view === 'tree' ? (
          <ContinuationTree list={list} isRaw={isRaw} />
        ) : (
          list.map((one) => (
            <ContinuationRow
              key={one.key}
              continuation={one}
              against={rest}
              isRaw={isRaw}
              choice={choice}
              onChoice={setChoice}
            />
          ))
        )}
      </Box>
    )

  return (
    <>
      {isBeside && better && worse && (
        <SideBySide
          title={`Two branches from ${state === 0 ? 'the question' : `the state before step ${state + 1}`}`}
          left={{ name: 'The better one', ...better }}
          right={{ name: 'The worse one', ...worse }}
          onClose={beside.close}
        />
      )}
      <Group className={classes['heading']} justify="space-between" wrap="nowrap">
        <Text size="sm" fw={600} className="clip">
          {steps.length === 0 || state === 0 ? 'From the question' : `State before step ${state + 1}`}
        </Text>
        <SegmentedControl
          data={[
            { value: 'list', label: 'List' },
            { value: 'tree', label: 'Tree' },
          ]}
          value={view}
          onChange={(value) => setView(value as 'list' | 'tree')}
          aria-label="How continuations are shown"
        />
      </Group>
      {estimate && (
        <Group px={10} py={6} gap="md" style={{ borderBottom: '1px solid var(--line)' }}>
          {estimate.value === null ? (
            <Text size="xs" className="quiet">
              The search did not visit this state: no continuation was sampled from it.
            </Text>
          ) : (
            <>
              <Text size="sm" fw={600}>
                V {estimate.value.toFixed(2)}
              </Text>
              <Text size="xs" className="quiet">
                {estimate.successes} of {estimate.samples} correct, 90 % [
                {intervals[state]!.map((v) => v.toFixed(2)).join(', ')}], V(1 − V) ={' '}
                {(estimate.value * (1 - estimate.value)).toFixed(2)}
              </Text>
            </>
          )}
          {isReset && (
            <Badge size="sm" variant="light" color="grape" radius="sm">
              reset point
            </Badge>
          )}
        </Group>
      )}
      <Box className={classes['scroller']}>
        {section('Monte Carlo continuations', values)}
        {isReset &&
          section(
            'Rollouts trained on after the reset',
            resets,
            resets.length > 0
              ? `mean reward ${(resets.reduce((sum, { reward }) => sum + reward, 0) / resets.length).toFixed(2)}`
              : undefined,
          )}
        {section(
          'Sampled by hand',
          hands,
          hands.length > 0 ? formatPercent(correctOf(hands) / hands.length, 0) : undefined,
        )}
        {everything.length === 0 && (
          <Text size="sm" className="quiet" p={12}>
            The run sampled nothing from this state. {isReadOnly ? '' : 'Sample here to see how the model continues.'}
          </Text>
        )}
      </Box>
      <Box style={{ borderTop: '1px solid var(--line)' }} p={8}>
        {(choice.chosen !== null || choice.rejected !== null) && (
          <Group gap="sm" mb={8}>
            <Button
              onClick={() => void save()}
              disabled={chosen === undefined || rejected === undefined || chosen === rejected}
            >
              Save as pair
            </Button>
            <Button variant="default" onClick={beside.open} disabled={!better || !worse}>
              Side by side
            </Button>
            <Text size="xs" className="quiet">
              {chosen === undefined
                ? 'choose the better one'
                : rejected === undefined
                  ? 'choose the worse one'
                  : chosen === rejected
                    ? 'both say the same: choose two that differ'
                    : 'both chosen'}
            </Text>
          </Group>
        )}
        {!isReadOnly && (
          <SampleHere
            key={trajectory.id}
            run={run}
            trajectory={trajectory.id}
            state={state}
            checkpoints={checkpoints}
          />
        )}
      </Box>
    </>
  )
}
