import { ActionIcon, Anchor, Button, Checkbox, Group, Menu, Progress, Table, Text, VisuallyHidden } from '@mantine/core'
import { modals } from '@mantine/modals'
import { formatCount, formatDuration, formatPercent, formatTime } from '@renderer/lib/format'
import type { EvaluationProgress } from '@shared/contract/evaluations'
import type { EvaluationSummary } from '@shared/schemas/evaluation'
import { IconArrowsDiff, IconDotsVertical, IconRepeat, IconTableExport, IconTrash, IconX } from '@tabler/icons-react'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useEvaluationActions } from './evaluation-actions'
import { intervalWords, isOpen, STATE_WORDS } from './words'

interface EvaluationTableProps {
  readonly evaluations: readonly EvaluationSummary[]
  readonly progress: EvaluationProgress | null
}

/** All evaluations, newest first; two that are ticked can be compared. */
export function EvaluationTable({ evaluations, progress }: EvaluationTableProps) {
  const [, go] = useLocation()
  const [ticked, setTicked] = useState<readonly string[]>([])
  const chosen = ticked.filter((id) => evaluations.some((one) => one.id === id))
  const tick = (id: string) =>
    setTicked(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id].slice(-2))
  // The older one is A: usually the model that the other started from.
  const [b, a] = evaluations.map(({ id }) => id).filter((id) => chosen.includes(id))
  return (
    <>
      <Group justify="space-between" mb="xs" mih={30}>
        <Text size="sm" className="quiet">
          {chosen.length === 0
            ? 'Tick two to compare them row by row.'
            : chosen.length === 1
              ? 'Tick one more to compare.'
              : '2 selected'}
        </Text>
        <Button
          variant="default"
          leftSection={<IconArrowsDiff size={15} />}
          disabled={chosen.length !== 2}
          onClick={() => go(`/evaluate/${a}/${b}`)}
        >
          Compare
        </Button>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard */}
      <section className="panel evaluate-scroll" aria-label="Evaluations, scrollable" tabIndex={0}>
        <Table aria-label="Evaluations" className="evaluate-table" miw={620} layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={36}>
                <VisuallyHidden>Compare</VisuallyHidden>
              </Table.Th>
              <Table.Th>Model</Table.Th>
              <Table.Th w="24%">Data</Table.Th>
              <Table.Th w={190}>Found</Table.Th>
              <Table.Th w={44}>
                <VisuallyHidden>Actions</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {evaluations.map((one) => (
              <EvaluationRow
                key={one.id}
                evaluation={one}
                progress={progress?.id === one.id ? progress : null}
                isTicked={chosen.includes(one.id)}
                onTick={() => tick(one.id)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </section>
    </>
  )
}

interface EvaluationRowProps {
  readonly evaluation: EvaluationSummary
  readonly progress: EvaluationProgress | null
  readonly isTicked: boolean
  readonly onTick: () => void
}

function EvaluationRow({ evaluation, progress, isTicked, onTick }: EvaluationRowProps) {
  const { id, model, data, createdAt, result, settings } = evaluation
  return (
    <Table.Tr>
      <Table.Td>
        <Checkbox
          size="xs"
          mt={2}
          aria-label={`Compare ${model} on ${data}`}
          checked={isTicked}
          disabled={!result}
          onChange={onTick}
        />
      </Table.Td>
      <Table.Th scope="row" fw={400}>
        {result ? (
          <Anchor href={`#/evaluate/${id}`} size="sm" fw={600} className="evaluate-wrap">
            {model}
          </Anchor>
        ) : (
          <Text size="sm" fw={600} className="evaluate-wrap">
            {model}
          </Text>
        )}
        <Text size="xs" className="quiet">
          {formatTime(createdAt)}
        </Text>
      </Table.Th>
      <Table.Td>
        <Text size="sm" className="evaluate-wrap">
          {data}
        </Text>
        <Text size="xs" className="quiet">
          {result ? `${formatCount(result.n)} rows · ` : ''}verifier {settings.verifier.kind}
        </Text>
      </Table.Td>
      <Table.Td>
        <Found evaluation={evaluation} progress={progress} />
      </Table.Td>
      <Table.Td>
        <EvaluationMenu evaluation={evaluation} />
      </Table.Td>
    </Table.Tr>
  )
}

function Found({ evaluation, progress }: Pick<EvaluationRowProps, 'evaluation' | 'progress'>) {
  const { state, result, error } = evaluation
  if (result) {
    const { greedy, sampled, n } = result
    return (
      <>
        <Text size="sm" fw={600}>
          {formatPercent(greedy.accuracy)}
        </Text>
        <Text size="xs" className="quiet">
          {intervalWords(greedy.correct, n)}
        </Text>
        {sampled && (
          <Text size="xs" className="quiet">
            pass@{sampled.samples} {formatPercent(sampled.passAtK[String(sampled.samples)] ?? 0)} · majority{' '}
            {formatPercent(sampled.majorityAtK)}
          </Text>
        )}
      </>
    )
  }
  if (state !== 'running')
    return (
      <Text size="sm" c={error ? 'var(--hurt)' : undefined} className={error ? 'evaluate-wrap' : 'quiet'}>
        {error ?? STATE_WORDS[state]}
      </Text>
    )
  const share = progress && progress.total > 0 ? (100 * progress.done) / progress.total : 0
  return (
    <>
      <Text size="sm">
        {progress ? `${progress.label} ${formatCount(progress.done)} of ${formatCount(progress.total)}` : 'loading'}
      </Text>
      <Progress size="sm" my={4} value={share} aria-label={`Progress of ${evaluation.model}`} />
      {progress?.secondsLeft != null && (
        <Text size="xs" className="quiet">
          {formatDuration(progress.secondsLeft)} left
        </Text>
      )}
    </>
  )
}

/** The menu of one evaluation. */
function EvaluationMenu({ evaluation }: { readonly evaluation: EvaluationSummary }) {
  const { id, model, data, result } = evaluation
  const { cancel, remove, repeat, saveRows } = useEvaluationActions()
  const askRemove = () =>
    modals.openConfirmModal({
      title: 'Remove this evaluation?',
      children: (
        <Text size="sm">
          The answers of {model} on {data} are deleted. The model and the data stay.
        </Text>
      ),
      labels: { confirm: 'Remove', cancel: 'Keep it' },
      confirmProps: { color: 'orange' },
      onConfirm: () => void remove(id),
    })
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${model} on ${data}`}>
          <IconDotsVertical size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {isOpen(evaluation) ? (
          <Menu.Item leftSection={<IconX size={15} />} onClick={() => void cancel(id)}>
            Cancel
          </Menu.Item>
        ) : (
          <>
            {result && (
              <Menu.Item leftSection={<IconTableExport size={15} />} onClick={() => void saveRows(id, null)}>
                Rows as CSV
              </Menu.Item>
            )}
            <Menu.Item leftSection={<IconRepeat size={15} />} onClick={() => void repeat(id)}>
              Run again
            </Menu.Item>
            <Menu.Item leftSection={<IconTrash size={15} />} onClick={askRemove}>
              Remove…
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}
