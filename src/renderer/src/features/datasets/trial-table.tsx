/** How the rows' own answers were judged: what was found in each, and why it failed. */

import { Box, Group, Stack, Table, Text } from '@mantine/core'
import { VerdictMark } from '@renderer/components/status'
import { formatCount, formatPercent } from '@renderer/lib/format'
import type { JudgedRow, VerifierTrial } from '@shared/contract/datasets'
import { rowNumber } from '@shared/row-number'
import { VERDICT_STATUSES } from '@shared/schemas/verifier'
import { explain } from './explain'

export function TrialTable({ trial }: { readonly trial: VerifierTrial }) {
  const { tried, total, statuses, rows } = trial
  const failed = rows.filter(({ status }) => status !== 'correct').length
  return (
    <Stack gap="sm" style={{ flex: 1, minWidth: 0 }}>
      <Box role="status">
        <Group gap="md">
          {VERDICT_STATUSES.filter((status) => statuses[status] > 0).map((status) => (
            <Group key={status} gap={4} wrap="nowrap">
              <VerdictMark status={status} />
              <Text size="sm" fw={600}>
                {formatCount(statuses[status])}
              </Text>
              <Text size="xs" className="quiet">
                {formatPercent(statuses[status] / Math.max(1, tried))}
              </Text>
            </Group>
          ))}
        </Group>
        <Text size="xs" className="quiet">
          The rows’ own answers were judged as if a model had written them
          {tried < total ? `: the first ${formatCount(tried)} of ${formatCount(total)} rows` : ''}. All of them should
          be correct.
          {failed > 0 ? ' Those that are not come first.' : ''}
        </Text>
      </Box>
      <Box tabIndex={0} role="region" aria-label="Judged rows" style={{ flex: 1, minHeight: 0, overflow: 'auto' }}>
        <Table stickyHeader layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={56} className="numeric">
                Row
              </Table.Th>
              <Table.Th w={108}>Verdict</Table.Th>
              <Table.Th>End of the answer</Table.Th>
              <Table.Th w="18%">Found</Table.Th>
              <Table.Th w="18%">Reference</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <TrialRow key={row.row} row={row} />
            ))}
          </Table.Tbody>
        </Table>
      </Box>
    </Stack>
  )
}

/** The end of a text, where the answer usually is. */
const endOf = (text: string) => (text.length > 160 ? `…${text.slice(-160)}` : text)

function TrialRow({ row }: { readonly row: JudgedRow }) {
  const { status, completion, extracted, reference, note } = row
  return (
    <Table.Tr style={{ verticalAlign: 'top' }}>
      <Table.Td className="numeric">{formatCount(rowNumber(row.row))}</Table.Td>
      <Table.Td>
        <VerdictMark status={status} />
      </Table.Td>
      <Table.Td>
        <div className="model-text">{endOf(completion)}</div>
        {status !== 'correct' && (
          <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
            {explain(row)}
          </Text>
        )}
        {note !== null && (
          <Text size="xs" className="quiet" style={{ overflowWrap: 'anywhere' }}>
            {note}.
          </Text>
        )}
      </Table.Td>
      <Table.Td className="model-text">{extracted ?? <span className="quiet">nothing</span>}</Table.Td>
      <Table.Td className="model-text">{endOf(reference)}</Table.Td>
    </Table.Tr>
  )
}
