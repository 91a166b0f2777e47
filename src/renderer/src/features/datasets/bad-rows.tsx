/** The rows that cannot be used, with their line numbers. */
import { Table, Text } from '@mantine/core'
import { formatCount } from '@renderer/lib/format'
import type { DatasetDetails } from '@shared/contract/datasets'
import { placeWord } from './words'

export function BadRows({ details }: { readonly details: DatasetDetails }) {
  const { badRows, badRowCount, item } = details
  if (badRowCount === 0) return <Text size="sm">Every row can be used.</Text>
  const shown = badRowCount > badRows.length ? ` The first ${formatCount(badRows.length)} are listed.` : ''
  return (
    <>
      <Text size="sm" mb="sm">
        {formatCount(badRowCount)} of {formatCount(item.rows ?? 0)} rows are left out; the others are used.{shown}
      </Text>
      <Table stickyHeader>
        <Table.Thead>
          <Table.Tr>
            <Table.Th w={90} className="numeric">
              {placeWord(details)}
            </Table.Th>
            <Table.Th>Why it cannot be used</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {badRows.map(({ line, reason }) => (
            <Table.Tr key={`${line}-${reason}`}>
              <Table.Td className="numeric">{formatCount(line)}</Table.Td>
              <Table.Td style={{ overflowWrap: 'anywhere' }}>{reason}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </>
  )
}
