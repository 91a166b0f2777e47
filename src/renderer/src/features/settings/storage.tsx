import { CopyButton, Table, Text, Tooltip, UnstyledButton } from '@mantine/core'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { formatBytes } from '@renderer/lib/format'
import type { ProgramInfo, StoredPlace } from '@shared/contract/system'
import { useQuery } from '@tanstack/react-query'
import { Panel } from './panel'

const NAMES: Readonly<Record<StoredPlace['name'], { readonly label: string; readonly hint: string }>> = {
  database: { label: 'Database', hint: 'Plans, curves and trajectories of all runs, settings' },
  runs: { label: 'Runs', hint: 'Checkpoints, a folder for each run' },
  imports: { label: 'Imported files', hint: 'Datasets uploaded in a browser' },
}

/** Where the program stores data, and how much. */
export function Storage({ info }: { readonly info: ProgramInfo }) {
  const { data, error, refetch } = useQuery({ ...queries.system.storage.queryOptions({}), refetchOnMount: 'always' })
  return (
    <Panel title="On this disk">
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!data && !error && <LoadingRows rows={3} />}
      {data && (
        <Table layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th w={112}>What</Table.Th>
              <Table.Th w={80} className="numeric">
                Size
              </Table.Th>
              <Table.Th>Where</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {data.map(({ name, path, bytes }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row" fw={400}>
                  <Tooltip label={NAMES[name].hint}>
                    <span>{NAMES[name].label}</span>
                  </Tooltip>
                </Table.Th>
                <Table.Td className="numeric">{formatBytes(bytes)}</Table.Td>
                <Table.Td>
                  <Path path={path} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      <Text size="sm" className="quiet" mt="sm">
        Data folder: <span className="mono">{info.dataFolder}</span>. To use another one, set GPO_STUDIO_HOME before
        starting. Nothing is stored anywhere else. Nothing is sent but what you ask for: downloads, and work for
        sampling servers.
      </Text>
    </Panel>
  )
}

/** Paths differ at their ends, so the beginning is clipped; a click copies the whole path. */
const Path = ({ path }: { readonly path: string }) => (
  <CopyButton value={path}>
    {({ copied, copy }) => (
      <Tooltip label={copied ? 'Copied' : `${path}: copy`}>
        <UnstyledButton
          onClick={copy}
          className="clip mono"
          display="block"
          w="100%"
          fz="xs"
          aria-label={`Copy ${path}`}
        >
          <span dir="rtl" className="clip" style={{ display: 'block', textAlign: 'left' }}>
            <bdi>{path}</bdi>
          </span>
        </UnstyledButton>
      </Tooltip>
    )}
  </CopyButton>
)
