import { Table, Text } from '@mantine/core'
import { formatBytes } from '@renderer/lib/format'
import type { Checksums, ModelFile } from '@shared/contract/models'

interface FileTableProps {
  readonly files: readonly ModelFile[]
  readonly checksums: Checksums | null
}

/** Names, sizes, and checksums if they were computed. */
export function FileTable({ files, checksums }: FileTableProps) {
  const sums = new Map(checksums?.files.map(({ name, sha256 }) => [name, sha256]))
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  return (
    <Table withRowBorders={false} verticalSpacing={2} horizontalSpacing={0} aria-label="Files of the model">
      <Table.Tbody>
        {files.map(({ name, bytes }) => (
          <Table.Tr key={name} style={{ verticalAlign: 'top' }}>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>
              <span className="mono">{name}</span>
              {sums.has(name) && (
                <Text size="xs" className="mono quiet" style={{ wordBreak: 'break-all' }}>
                  SHA-256 {sums.get(name)}
                </Text>
              )}
            </Table.Td>
            <Table.Td className="numeric">{formatBytes(bytes)}</Table.Td>
          </Table.Tr>
        ))}
        <Table.Tr>
          <Table.Td className="quiet">together</Table.Td>
          <Table.Td className="numeric">{formatBytes(total)}</Table.Td>
        </Table.Tr>
      </Table.Tbody>
    </Table>
  )
}
