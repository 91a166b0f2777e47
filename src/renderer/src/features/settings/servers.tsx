import { Box, Button, Group, Modal, Stack, Text } from '@mantine/core'
import { modals } from '@mantine/modals'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { api, queries } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import type { ListedServer } from '@shared/contract/servers'
import { IconPlus } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Panel } from './panel'
import { ServerForm } from './server-form'

/** What answered when it was last asked. */
function Answer({ check }: { readonly check: ReturnType<typeof useCheck> }) {
  if (check.error)
    return (
      <Text size="sm" c="var(--hurt)" role="alert" style={{ overflowWrap: 'anywhere' }}>
        {messageOf(check.error)}
      </Text>
    )
  if (!check.data) return null
  const { kind, version, model, loadsAdapters, milliseconds } = check.data
  return (
    <Text size="sm" role="status" style={{ overflowWrap: 'anywhere' }}>
      It is {kind} {version} with {model}, and answered in {milliseconds} ms
      {!loadsAdapters && '. It loads no adapters while it runs, so no training can sample there'}
    </Text>
  )
}

const useCheck = (address: string) => useMutation({ mutationFn: () => api.servers.check({ address }) })

function ServerRow({ server, onChange }: { readonly server: ListedServer; readonly onChange: () => void }) {
  const { address, isLoopback, hasKey, copy } = server
  const cache = useCache()
  const check = useCheck(address)
  const forget = useMutation({
    mutationFn: () => api.servers.forget({ address }),
    onSuccess: () => cache.serversChanged(),
  })
  const ask = () =>
    modals.openConfirmModal({
      title: 'Remove this server?',
      children: (
        <Text size="sm">
          Runs can no longer send anything to <code>{address}</code>
          {hasKey && ', and its key is removed from the keychain'}. A run that is sampling there goes on.
        </Text>
      ),
      labels: { confirm: 'Remove', cancel: 'Keep it' },
      onConfirm: () => forget.mutate(),
    })
  const facts = [
    isLoopback ? 'this machine' : 'another machine',
    ...(hasKey ? ['with a key'] : []),
    ...(copy ? ['the adapter is copied there'] : []),
  ]
  return (
    <Box component="li" py="xs" style={{ borderTop: '1px solid var(--mantine-color-default-border)' }}>
      <Group justify="space-between" gap="xs">
        <Box flex="1 1 240px">
          <Text size="sm" className="mono" style={{ overflowWrap: 'anywhere' }}>
            {address}
          </Text>
          <Text size="xs" className="quiet">
            {facts.join(' \u00b7 ')}
          </Text>
        </Box>
        <Group gap="xs">
          <Button
            variant="default"
            aria-label={`Ask ${address} what it is`}
            loading={check.isPending}
            onClick={() => check.mutate()}
          >
            Ask what it is
          </Button>
          <Button variant="default" aria-label={`Change ${address}`} onClick={onChange}>
            Change
          </Button>
          <Button variant="default" aria-label={`Remove ${address}`} loading={forget.isPending} onClick={ask}>
            Remove
          </Button>
        </Group>
      </Group>
      <Answer check={check} />
    </Box>
  )
}

/** The servers that runs may sample on. */
export function Servers() {
  const { data, error, refetch } = useQuery(queries.servers.list.queryOptions({}))
  const [edited, edit] = useState<ListedServer | 'new' | null>(null)
  const close = () => edit(null)
  return (
    <Panel
      title="Sampling servers"
      actions={
        <Button variant="default" leftSection={<IconPlus size={15} />} disabled={!data} onClick={() => edit('new')}>
          Add a server
        </Button>
      }
    >
      <Stack gap="sm">
        <Text size="sm" className="quiet">
          Rollouts can be sampled on running servers of vLLM, llama.cpp or SGLang, while training stays here. A run uses
          those that its plan names under Servers that sample; a server on another machine is used only if it is listed
          here.
        </Text>
        {error && <ErrorState error={error} onRetry={() => void refetch()} />}
        {!error && !data && <LoadingRows rows={1} />}
        {data?.servers.length === 0 && <Text size="sm">None yet: every rollout is sampled by this program.</Text>}
        {data && data.servers.length > 0 && (
          <ul aria-label="Sampling servers" style={{ listStyle: 'none', margin: 0, padding: 0 }}>
            {data.servers.map((server) => (
              <ServerRow key={server.address} server={server} onChange={() => edit(server)} />
            ))}
          </ul>
        )}
      </Stack>
      <Modal
        opened={edited !== null}
        onClose={close}
        title={edited === 'new' ? 'Add a sampling server' : 'Change a sampling server'}
        size="lg"
      >
        {edited !== null && data && (
          <ServerForm server={edited === 'new' ? null : edited} canKeepKey={data.canKeepKey} onDone={close} />
        )}
      </Modal>
    </Panel>
  )
}
