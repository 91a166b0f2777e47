import { Group, Table, Text, Tooltip } from '@mantine/core'
import { formatBytes, formatNumber } from '@renderer/lib/format'
import type { BackendFindings } from '@shared/contract/system'
import type { BackendReport } from '@shared/schemas/backend'
import { IconCheck, IconMinus, IconStarFilled } from '@tabler/icons-react'

/** What `gpo doctor` prints, as a table. */
export const BackendTable = ({ findings }: { readonly findings: BackendFindings }) => (
  <Table.ScrollContainer minWidth={620} tabIndex={0}>
    <Table aria-label="Backends">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Backend</Table.Th>
          <Table.Th>Here</Table.Th>
          <Table.Th>Device, or why unavailable</Table.Th>
          <Table.Th className="numeric">Memory</Table.Th>
          <Heading hint="Largest relative difference of a fixed training step's loss and gradients from PyTorch's; more than 1e-4 is refused">
            Self-test
          </Heading>
          <Heading hint="Billions of floating-point operations a second of a float32 matrix product">GFLOP/s</Heading>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {findings.candidates.map((report) => (
          <Row key={report.name} report={report} isChosen={report.name === findings.chosen} />
        ))}
      </Table.Tbody>
    </Table>
  </Table.ScrollContainer>
)

const Heading = ({ hint, children }: { readonly hint: string; readonly children: string }) => (
  <Table.Th className="numeric">
    <Tooltip label={hint}>
      <span>{children}</span>
    </Tooltip>
  </Table.Th>
)

function Row({ report, isChosen }: { readonly report: BackendReport; readonly isChosen: boolean }) {
  const { name, isAvailable, reason, device, memory, selfTest, gflops } = report
  const Mark = isChosen ? IconStarFilled : isAvailable ? IconCheck : IconMinus
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={isChosen ? 600 : 400} className="mono">
        {name}
      </Table.Th>
      <Table.Td style={{ whiteSpace: 'nowrap' }}>
        <Group gap={6} wrap="nowrap">
          <Mark size={14} color={isAvailable ? 'var(--helped)' : 'var(--quiet)'} aria-hidden />
          {isChosen ? 'chosen' : isAvailable ? 'available' : 'not available'}
        </Group>
      </Table.Td>
      <Table.Td>
        <Text size="sm" className={isAvailable ? undefined : 'quiet'}>
          {reason ?? device}
        </Text>
      </Table.Td>
      <Table.Td className="numeric">{memory === null ? '–' : formatBytes(memory)}</Table.Td>
      <Table.Td className="numeric">{selfTest === null ? '–' : selfTest.toExponential(1)}</Table.Td>
      <Table.Td className="numeric">{gflops === null ? '–' : formatNumber(gflops)}</Table.Td>
    </Table.Tr>
  )
}
