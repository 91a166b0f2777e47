import { Button, Group, Modal, Table, Text } from '@mantine/core'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { formatCount, formatPercent, formatSigned } from '@renderer/lib/format'
import { saveText } from '@renderer/lib/save-text'
import { csvOf } from '@shared/csv'
import type { StepKinds } from '@shared/statistics/step-kinds'
import { IconTableExport } from '@tabler/icons-react'
import { useKinds } from './queries'

interface KindsProps {
  readonly run: string
  /** Finds trajectories with this text. */
  readonly onFind: (text: string) => void
  readonly onClose: () => void
}

/** What kinds of steps are critical, by their shape. */
export function Kinds({ run, onFind, onClose }: KindsProps) {
  const { data, error, refetch } = useKinds(run)
  return (
    <Modal
      opened
      onClose={onClose}
      title="What kinds of steps are critical?"
      size={900}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!error && !data && <LoadingRows />}
      {data && <Content found={data} run={run} onFind={onFind} />}
    </Modal>
  )
}

function Content({ found, run, onFind }: { readonly found: StepKinds } & Pick<KindsProps, 'run' | 'onFind'>) {
  const { kinds, critical, steps, words } = found
  return (
    <>
      <Group justify="space-between" align="flex-start" wrap="nowrap" mb="sm">
        <Text size="sm">
          Of {formatCount(critical)} critical steps among {formatCount(steps)} steps, a sample of the run. Steps of one
          kind have the same shape: # stands for a number, ◦ for a word that begins with a capital letter
          {words === null ? '.' : `, and only the first ${words === 1 ? 'word counts' : `${words} words count`}.`}
        </Text>
        <Button
          variant="default"
          leftSection={<IconTableExport size={15} />}
          onClick={() => saveText(`kinds-of-critical-steps-${run}.csv`, 'text/csv', tableOf(found))}
          style={{ flexShrink: 0 }}
        >
          CSV
        </Button>
      </Group>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it is scrolled by keyboard */}
      <section style={{ overflowX: 'auto' }} aria-label="Kinds, scrollable" tabIndex={0}>
        <Table miw={680} aria-label="Kinds of critical steps">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Kind</Table.Th>
              <Table.Th className="numeric">Of critical steps</Table.Th>
              <Table.Th className="numeric">Of all steps</Table.Th>
              <Table.Th className="numeric">Advantage</Table.Th>
              <Table.Th w={60} />
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {kinds.map(({ shape, share, interval: [low, high], shareOfAll, advantage }) => (
              <Table.Tr key={shape}>
                <Table.Td className="mono" style={{ overflowWrap: 'anywhere', fontSize: 12 }}>
                  {shape}
                </Table.Td>
                <Table.Td className="numeric">
                  {formatPercent(share)}{' '}
                  <Text span size="xs" className="quiet">
                    {(100 * low).toFixed(1)} to {(100 * high).toFixed(1)}
                  </Text>
                </Table.Td>
                <Table.Td className="numeric">{formatPercent(shareOfAll)}</Table.Td>
                <Table.Td className="numeric">
                  {advantage === null ? (
                    '–'
                  ) : (
                    <>
                      {formatSigned(advantage.mean)}{' '}
                      <Text span size="xs" className="quiet">
                        {formatSigned(advantage.low)} to {formatSigned(advantage.high)}
                      </Text>
                    </>
                  )}
                </Table.Td>
                <Table.Td>
                  <Button
                    size="compact-xs"
                    variant="subtle"
                    aria-label={`Find ${shape}`}
                    onClick={() => onFind(wordsOf(shape))}
                  >
                    Find
                  </Button>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </section>
      <Text size="xs" className="quiet" mt="sm">
        Intervals are at 90 %. A kind whose interval is above its share of all steps is critical more often than by
        chance.
      </Text>
    </>
  )
}

/** The longest part of a shape without numbers and names, to search for. */
const wordsOf = (shape: string): string => {
  const parts = shape.split(/[#◦…]/).map((part) => part.trim())
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), '')
  return longest === '' ? '' : `"${longest.replaceAll('"', '')}"`
}

const tableOf = ({ kinds }: StepKinds): string =>
  csvOf([
    [
      'kind',
      'critical_steps',
      'share',
      'low',
      'high',
      'share_of_all_steps',
      'advantage',
      'advantage_low',
      'advantage_high',
    ],
    ...kinds.map(({ shape, critical, share, interval, shareOfAll, advantage }) => [
      ...[shape, critical, share, ...interval, shareOfAll],
      ...[advantage?.mean, advantage?.low, advantage?.high],
    ]),
  ])
