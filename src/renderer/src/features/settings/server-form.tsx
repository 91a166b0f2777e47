import { Alert, Button, Checkbox, Group, PasswordInput, Stack, Switch, Text, TextInput } from '@mantine/core'
import { api } from '@renderer/lib/api'
import { useCache } from '@renderer/lib/cache'
import { messageOf } from '@renderer/lib/errors'
import type { ListedServer } from '@shared/contract/servers'
import { addressProblem, engineAddress, isLoopback } from '@shared/engines/address'
import { copyProblems } from '@shared/engines/copy-command'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'

/** What is sent to another machine, before anything is. */
function Consent({ url, isGiven, give }: { readonly url: URL; isGiven: boolean; give: (isGiven: boolean) => void }) {
  return (
    <Alert color="orange" title={`${url.host} is another machine`}>
      <Stack gap="xs">
        <Text size="sm">
          Runs that use it send it the prompts of their data and, after every update, the trained adapter.
          {url.protocol === 'http:' && ' With http, whoever is on the way can read both.'} Safer is a tunnel: run{' '}
          <code>
            ssh -L 8000:localhost:{url.port || (url.protocol === 'https:' ? '443' : '80')} {url.hostname}
          </code>{' '}
          and name <code>http://127.0.0.1:8000</code> here.
        </Text>
        <Checkbox
          label="Prompts and adapters may be sent there"
          checked={isGiven}
          onChange={(event) => give(event.currentTarget.checked)}
        />
      </Stack>
    </Alert>
  )
}

interface CopyFieldsProps {
  readonly copy: { readonly command: string; readonly folder: string }
  readonly change: (copy: CopyFieldsProps['copy']) => void
}

function CopyFields({ copy, change }: CopyFieldsProps) {
  const problems = copyProblems(copy)
  return (
    <>
      <TextInput
        label="Command that copies the adapter"
        description="Run here after every update, without a shell. {from} is the folder here, {to} the one there. It may not ask for a password: use an SSH key."
        placeholder="rsync -a --mkpath {from}/ gpu1:{to}/"
        classNames={{ input: 'mono' }}
        value={copy.command}
        error={copy.command === '' ? null : problems.command}
        onChange={(event) => change({ ...copy, command: event.currentTarget.value })}
      />
      <TextInput
        label="Folder on the server"
        description="A folder of its own for each version is made in it. They stay there: remove them after the run."
        placeholder="/tmp/gpo"
        classNames={{ input: 'mono' }}
        value={copy.folder}
        error={copy.folder === '' ? null : problems.folder}
        onChange={(event) => change({ ...copy, folder: event.currentTarget.value })}
      />
    </>
  )
}

const NO_COPY = { command: '', folder: '' }

interface ServerFormProps {
  /** The one that is changed; null for a new one. */
  readonly server: ListedServer | null
  readonly canKeepKey: boolean
  readonly onDone: () => void
}

/** Names a sampling server, or changes how it is reached. */
export function ServerForm({ server, canKeepKey, onDone }: ServerFormProps) {
  const cache = useCache()
  const [address, setAddress] = useState(server?.address ?? '')
  const [isAllowed, allow] = useState(server !== null)
  const [key, setKey] = useState('')
  const [copy, setCopy] = useState(server?.copy ?? null)
  const url = engineAddress(address)
  const canBeCopied = copy === null || Object.values(copyProblems(copy)).every((problem) => problem === null)
  const isReady = url !== null && (isAllowed || isLoopback(url)) && canBeCopied
  const keep = useMutation({
    mutationFn: () => api.servers.keep({ address, copy, ...(key.trim() === '' ? {} : { key }) }),
    onSuccess: () => {
      void cache.serversChanged()
      onDone()
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (isReady) keep.mutate()
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Address"
          description="Of a running server of vLLM, llama.cpp or SGLang that serves the same model."
          placeholder="http://127.0.0.1:8000"
          classNames={{ input: 'mono' }}
          data-autofocus
          readOnly={server !== null}
          value={address}
          error={address.trim() === '' ? null : addressProblem(address)}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        {url && !isLoopback(url) && server === null && <Consent url={url} isGiven={isAllowed} give={allow} />}
        {canKeepKey ? (
          <PasswordInput
            label="Key, if it wants one"
            description="Kept in the system’s keychain and sent to this address only."
            placeholder={server?.hasKey ? 'a key is kept; leave empty to keep it' : ''}
            value={key}
            onChange={(event) => setKey(event.currentTarget.value)}
          />
        ) : (
          <Text size="sm" className="quiet">
            There is no keychain here: for a server that wants a key, start the program with GPO_ENGINE_KEY set to it.
          </Text>
        )}
        <Switch
          label="The server cannot read this machine’s disk"
          description="After every update the adapter is written to the run’s folder. A server here finds it there; to another machine it has to be copied."
          checked={copy !== null}
          onChange={(event) => setCopy(event.currentTarget.checked ? (server?.copy ?? NO_COPY) : null)}
        />
        {copy && <CopyFields copy={copy} change={setCopy} />}
        {keep.error && (
          <Text size="sm" c="var(--hurt)" role="alert">
            {messageOf(keep.error)}
          </Text>
        )}
        <Group justify="flex-end" gap="sm">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" disabled={!isReady} loading={keep.isPending}>
            {server ? 'Save' : 'Add'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
