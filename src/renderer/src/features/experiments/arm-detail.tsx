import { ActionIcon, Anchor, Group, Table, Text, Title } from '@mantine/core'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { formatCount, plural } from '@renderer/lib/format'
import type { StudyDetails } from '@shared/contract/studies'
import { rowNumber } from '@shared/row-number'
import type { ProblemOutcome } from '@shared/study/results'
import { percent } from '@shared/study/words'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { CellMark } from './state-mark'

interface ArmDetailProps {
  readonly details: StudyDetails
  readonly task: string
  readonly arm: string
  readonly onClose: () => void
}

/** The runs of an arm, and the problems in which it differs from the base. */
export function ArmDetail({ details, task, arm, onClose }: ArmDetailProps) {
  const { summary, document, cells } = details
  const runs = cells.filter((cell) => cell.task === task && cell.arm === arm)
  const begun = runs.flatMap(({ run }) => run ?? [])
  return (
    <section className="panel experiments-panel" aria-label={`Details of ${arm}`}>
      <Group justify="space-between" wrap="nowrap">
        <Title order={2} className="experiments-wrap">
          {arm}: runs
        </Title>
        <Group gap="sm" wrap="nowrap">
          {begun.length > 1 && (
            <Anchor size="sm" href={`#/compare/${begun.join(',')}`} style={{ whiteSpace: 'nowrap' }}>
              Compare these runs
            </Anchor>
          )}
          <ActionIcon aria-label={`Close the details of ${arm}`} onClick={onClose}>
            <IconX size={15} />
          </ActionIcon>
        </Group>
      </Group>
      <Table aria-label={`Runs of ${arm}`} verticalSpacing={3}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Seed</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th className="numeric">Iterations</Table.Th>
            <Table.Th className="numeric">Accuracy</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((cell) => (
            <Table.Tr key={cell.seed}>
              <Table.Th scope="row" fw={400}>
                {cell.run === null ? (
                  `Seed ${cell.seed}`
                ) : (
                  <Anchor size="sm" href={`#/runs/${cell.run}`} aria-label={`Run of ${arm} with seed ${cell.seed}`}>
                    Seed {cell.seed}
                  </Anchor>
                )}
              </Table.Th>
              <Table.Td>
                <CellMark cell={cell} />
                {cell.why && (
                  <Text size="xs" className="quiet experiments-wrap">
                    {cell.why}
                  </Text>
                )}
              </Table.Td>
              <Table.Td className="numeric">
                {formatCount(cell.iteration)} of {formatCount(cell.iterations)}
              </Table.Td>
              <Table.Td className="numeric">{cell.accuracy === null ? '–' : percent(cell.accuracy)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {arm !== document.base && <Problems id={summary.id} task={task} arm={arm} />}
    </section>
  )
}

const SHOWN = 20

function Problems({ id, task, arm }: { readonly id: string; readonly task: string; readonly arm: string }) {
  const { data, error, isPending } = useQuery(
    queries.studies.problems.queryOptions({ input: { id, task, arm, limit: SHOWN } }),
  )
  if (isPending) return <LoadingRows rows={3} />
  if (error) return <ErrorState error={error} title="The problems could not be compared" />
  const { base, seeds, problems, armOnly, armOnlyCount, baseOnly, baseOnlyCount, always, never } = data
  return (
    <>
      <Title order={2} mt="md" mb={2} className="experiments-wrap">
        Problems that {arm} and {base} solve differently
      </Title>
      {problems === 0 ? (
        <Text size="sm" className="quiet">
          {seeds === 0 ? 'No seed has finished with both arms yet.' : 'These runs recorded no single problems.'}
        </Text>
      ) : (
        <>
          <Text size="sm" className="quiet" mb={6}>
            Of {plural(problems, 'problem')}, over {plural(seeds, 'seed')} that both have finished:{' '}
            {formatCount(always)} always solved by both, {formatCount(never)} never by either.
          </Text>
          <div className="experiments-problems">
            <ProblemList title={`${arm} solves more often`} count={armOnlyCount} list={armOnly} {...{ arm, base }} />
            <ProblemList title={`${base} solves more often`} count={baseOnlyCount} list={baseOnly} {...{ arm, base }} />
          </div>
        </>
      )}
    </>
  )
}

interface ProblemListProps {
  readonly title: string
  readonly count: number
  readonly list: readonly ProblemOutcome[]
  readonly arm: string
  readonly base: string
}

function ProblemList({ title, count, list, arm, base }: ProblemListProps) {
  return (
    <div>
      <Title order={3} size="sm" className="experiments-wrap">
        {title}: {formatCount(count)}
      </Title>
      {list.length === 0 ? (
        <Text size="sm" className="quiet">
          No problem.
        </Text>
      ) : (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard
        <section style={{ maxHeight: 260, overflow: 'auto' }} aria-label={`${title}, scrollable`} tabIndex={0}>
          <Table aria-label={title} verticalSpacing={3} horizontalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Problem</Table.Th>
                <Table.Th className="numeric">{arm}</Table.Th>
                <Table.Th className="numeric">{base}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {list.map((one) => (
                <Table.Tr key={one.row}>
                  <Table.Th scope="row" fw={400} title={one.prompt ?? undefined}>
                    <Text size="xs" className="quiet">
                      row {formatCount(rowNumber(one.row))}
                    </Text>
                    {one.prompt !== null && <div className="model-text experiments-prompt">{one.prompt.trim()}</div>}
                  </Table.Th>
                  <Table.Td className="numeric">
                    {one.arm} of {one.seeds}
                  </Table.Td>
                  <Table.Td className="numeric">
                    {one.base} of {one.seeds}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
          {count > list.length && (
            <Text size="xs" className="quiet" p={6}>
              The {list.length} with the largest difference of {formatCount(count)}.
            </Text>
          )}
        </section>
      )}
    </div>
  )
}
