import { Anchor, Button, Group, SegmentedControl, Table, Text, TextInput } from '@mantine/core'
import { Page } from '@renderer/components/page'
import { EmptyState, ErrorState, LoadingRows } from '@renderer/components/states'
import { api, queries } from '@renderer/lib/api'
import { formatCount } from '@renderer/lib/format'
import type { HubKind, HubRepository } from '@shared/contract/hub'
import { IconSearch } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { FirstModels } from './first-models'
import { Repository } from './repository'
import { Token } from './token'

/** Search the Hugging Face Hub, see licence and size, download. It uses the network only when a button is pressed. */
export function HubPage({ kind }: { readonly kind: HubKind }) {
  const [, go] = useLocation()
  const [text, setText] = useState('')
  const [chosen, setChosen] = useState<string | null>(null)
  const place = useQuery(queries.hub.place.queryOptions({}))
  const search = useMutation({ mutationFn: (text: string) => api.hub.search({ kind, text }) })
  const things = kind === 'model' ? 'models' : 'datasets'
  const submit = (event: React.FormEvent) => {
    event.preventDefault()
    setChosen(null)
    search.mutate(text)
  }
  return (
    <Page
      title="Hugging Face Hub"
      subtitle={
        place.data && (
          <Text size="xs" className="quiet clip">
            {place.data.endpoint} · downloads go to {place.data.cache}
          </Text>
        )
      }
      actions={
        <>
          <SegmentedControl
            data={[
              { value: 'models', label: 'Models' },
              { value: 'datasets', label: 'Datasets' },
            ]}
            value={things}
            onChange={(value) => go(`/hub/${value}`)}
            aria-label="Kind of repository"
          />
          {place.data && <Token place={place.data} />}
        </>
      }
    >
      <form onSubmit={submit}>
        <Group gap="sm" mb="md" align="flex-end">
          <TextInput
            label={`Search ${things}, or write organisation/name`}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            leftSection={<IconSearch size={15} />}
            style={{ flex: '1 1 260px', maxWidth: 420 }}
          />
          <Button type="submit" loading={search.isPending} disabled={text.trim() === ''}>
            Search
          </Button>
          <Button
            variant="default"
            disabled={!/^[\w.-]+\/[\w.-]+$/.test(text.trim())}
            onClick={() => setChosen(text.trim())}
          >
            Open this repository
          </Button>
        </Group>
      </form>
      {chosen && <Repository key={chosen} kind={kind} id={chosen} onClose={() => setChosen(null)} />}
      {search.error ? (
        <ErrorState title="The hub could not be searched" error={search.error} onRetry={() => search.mutate(text)} />
      ) : search.isPending ? (
        <LoadingRows />
      ) : search.data ? (
        <Results found={search.data} onChoose={setChosen} />
      ) : (
        !chosen &&
        (kind === 'model' ? (
          <FirstModels onTake={setText} />
        ) : (
          <EmptyState
            title={`Find ${things}`}
            text="The network is not used until you press Search. Licence and size are shown before a download; files already in the Hugging Face cache are not downloaded again."
          />
        ))
      )}
    </Page>
  )
}

interface ResultsProps {
  readonly found: readonly HubRepository[]
  readonly onChoose: (id: string) => void
}

function Results({ found, onChoose }: ResultsProps) {
  if (found.length === 0) return <Text className="quiet">Nothing was found. Try fewer words.</Text>
  return (
    <Table highlightOnHover aria-label="Repositories found">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>Repository</Table.Th>
          <Table.Th>Licence</Table.Th>
          <Table.Th>Access</Table.Th>
          <Table.Th className="numeric">Downloads</Table.Th>
          <Table.Th className="numeric">Likes</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {found.map(({ id, license, isGated, downloads, likes }) => (
          <Table.Tr key={id}>
            <Table.Td>
              <Anchor component="button" size="sm" onClick={() => onChoose(id)}>
                {id}
              </Anchor>
            </Table.Td>
            <Table.Td>{license ?? 'not given'}</Table.Td>
            <Table.Td>{isGated ? 'gated' : 'open'}</Table.Td>
            <Table.Td className="numeric">{formatCount(downloads)}</Table.Td>
            <Table.Td className="numeric">{formatCount(likes)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
