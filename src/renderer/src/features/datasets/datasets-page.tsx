import { Box, Button, FileButton, Group, Progress, Text } from '@mantine/core'
import { AddPath } from '@renderer/components/add-path'
import { DropHint } from '@renderer/components/drop-hint'
import { Page } from '@renderer/components/page'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { api, isElectron, queries } from '@renderer/lib/api'
import { useChoosing } from '@renderer/lib/choose'
import { useDrop } from '@renderer/lib/drop'
import { formatBytes, plural } from '@renderer/lib/format'
import { IconUpload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { DatasetDetail } from './dataset-detail'
import { DatasetList } from './dataset-list'
import { type Bringing, useDatasetActions } from './use-dataset-actions'

/** Endings of files that are read. */
const ACCEPTED = '.jsonl,.ndjson,.json,.csv,.tsv,.parquet,.gz,.zst'

/** The page of datasets: their layouts are recognised, columns mapped, and verifiers tried. */
export function DatasetsPage() {
  const list = useQuery({ ...queries.datasets.list.queryOptions({}), refetchOnMount: 'always' })
  const [selected, select] = useState<string | null>(null)
  const actions = useDatasetActions(select)
  const { hasDialogs, typed } = useChoosing('dataset')
  const isOver = useDrop({
    onChosen: (chosen) => void actions.addAll(chosen),
    onFiles: (files) => void actions.bringIn(files),
  })
  const item =
    list.data?.find(({ id }) => id === selected) ?? list.data?.find(({ kind }) => kind === 'file') ?? list.data?.[0]
  return (
    <Page
      title="Datasets"
      subtitle={<span className="quiet">{list.data ? plural(list.data.length, 'dataset') : ''}</span>}
      actions={
        <>
          <Button component="a" href="#/hub/datasets" variant="default">
            From the Hub
          </Button>
          {!isElectron && (
            <FileButton multiple accept={ACCEPTED} onChange={(files) => void actions.bringIn(files)}>
              {(props) => (
                <Button {...props} variant="default" leftSection={<IconUpload size={15} />}>
                  Upload files
                </Button>
              )}
            </FileButton>
          )}
          <AddPath
            label="Add a dataset"
            hasDialogs={hasDialogs}
            onChoose={async () => {
              const [first, ...others] = await api.system.chooseSeveral({ kind: 'dataset' })
              if (first && others.length === 0) await actions.add(first)
              else if (first) await actions.addAll([first, ...others])
            }}
            onTyped={async (path) => actions.add(await typed(path))}
            description="A JSONL, JSON, CSV, TSV or Parquet file, also compressed (.gz, .zst), or a folder of them"
            placeholder="/home/me/data/questions.csv"
          />
        </>
      }
      isFilled
    >
      <DropHint isOver={isOver} text="Drop JSONL, JSON, CSV, TSV or Parquet files to add them" />
      {actions.bringing && <BringingBar bringing={actions.bringing} />}
      {list.isPending && <LoadingRows />}
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && item && (
        <Box className="panes" style={{ '--panes': 'minmax(220px, 24%) minmax(0, 1fr)' } as React.CSSProperties}>
          <Box className="panel pane-list" style={{ overflow: 'auto' }}>
            <DatasetList items={list.data} selected={item.id} onSelect={select} />
          </Box>
          <DatasetDetail key={item.id} item={item} actions={actions} />
        </Box>
      )}
    </Page>
  )
}

function BringingBar({ bringing: { name, done, total, cancel } }: { readonly bringing: Bringing }) {
  return (
    <Group gap="md" mb="sm" wrap="nowrap" role="status">
      <Text size="sm" className="clip" style={{ maxWidth: 360 }}>
        {name}
      </Text>
      <Progress value={(100 * done) / Math.max(1, total)} style={{ flex: 1 }} aria-label="Bytes copied" />
      <Text size="sm" className="quiet" style={{ whiteSpace: 'nowrap' }}>
        {done < total ? `${formatBytes(done)} of ${formatBytes(total)}` : 'reading the file'}
      </Text>
      <Button variant="default" onClick={cancel}>
        Cancel
      </Button>
    </Group>
  )
}
