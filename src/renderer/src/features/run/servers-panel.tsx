import { Table, Text, Title, Tooltip } from '@mantine/core'
import { formatCount, plural } from '@renderer/lib/format'
import type { ActiveRun } from '@shared/contract/runs'
import type { ServerProgress } from '@shared/schemas/events'

/** What each sampling server has done since the run began, while it runs; nothing for runs that sample here. */
export function ServersPanel({ active }: { readonly active: ActiveRun | null }) {
  const servers = active?.phase?.servers ?? []
  if (servers.length === 0) return null
  const resting = servers.filter(({ isResting }) => isResting).length
  return (
    <section className="panel" aria-labelledby="sampling-servers" style={{ padding: '8px 12px' }}>
      <Title order={2} id="sampling-servers" fz="sm" mb={4}>
        {plural(servers.length, 'sampling server', 'sampling servers')}
        {resting > 0 && (
          <Text span size="xs" className="quiet" ml={6}>
            {resting} at rest
          </Text>
        )}
      </Title>
      <Table.ScrollContainer minWidth={380}>
        <Table fz="xs" verticalSpacing={3} horizontalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Server</Table.Th>
              <Table.Th className="numeric">Requests done</Table.Th>
              <Table.Th className="numeric">Tokens</Table.Th>
              <Table.Th className="numeric">Under way</Table.Th>
              <Table.Th className="numeric">Failed</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {servers.map((server) => (
              <ServerRow key={server.name} server={server} />
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </section>
  )
}

function ServerRow({
  server: { name, isResting, done, tokens, inFlight, failed, problem },
}: {
  server: ServerProgress
}) {
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        {name.replace(/^https?:\/\//, '')}
        {isResting && (
          <Text size="xs" className="quiet">
            at rest: {problem ?? 'it failed'}
          </Text>
        )}
      </Table.Td>
      <Table.Td className="numeric">{formatCount(done)}</Table.Td>
      <Table.Td className="numeric">{formatCount(tokens)}</Table.Td>
      <Table.Td className="numeric">{formatCount(inFlight)}</Table.Td>
      <Table.Td className="numeric">
        {failed > 0 && problem !== null ? (
          <Tooltip label={problem} multiline maw={320}>
            <Text span size="xs" td="underline dotted" tabIndex={0} aria-label={`${formatCount(failed)}: ${problem}`}>
              {formatCount(failed)}
            </Text>
          </Tooltip>
        ) : (
          formatCount(failed)
        )}
      </Table.Td>
    </Table.Tr>
  )
}
