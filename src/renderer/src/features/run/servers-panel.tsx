import { Text, Title } from '@mantine/core'
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
      <ul style={{ margin: 0, padding: 0, listStyle: 'none' }}>
        {servers.map((server) => (
          <Server key={server.name} server={server} />
        ))}
      </ul>
    </section>
  )
}

function Server({ server: { name, isResting, done, tokens, inFlight, failed, problem } }: { server: ServerProgress }) {
  const counts = [
    `${plural(done, 'request', 'requests')} done`,
    plural(tokens, 'token', 'tokens'),
    `${formatCount(inFlight)} under way`,
    ...(failed > 0 ? [`${formatCount(failed)} failed`] : []),
  ]
  return (
    <li style={{ padding: '3px 0', overflowWrap: 'anywhere' }}>
      <Text size="sm">{name.replace(/^https?:\/\//, '')}</Text>
      <Text size="xs" className="quiet">
        {counts.join(' · ')}
      </Text>
      {problem !== null && (
        <Text size="xs" c={isResting ? 'var(--hurt)' : undefined} className={isResting ? undefined : 'quiet'}>
          {isResting ? 'At rest: ' : 'Last failure: '}
          {problem}
        </Text>
      )}
    </li>
  )
}
