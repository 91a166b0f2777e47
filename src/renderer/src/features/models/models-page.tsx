import { Box, Button } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { AddPath } from '@renderer/components/add-path'
import { DropHint } from '@renderer/components/drop-hint'
import { Page } from '@renderer/components/page'
import { ErrorState, LoadingRows } from '@renderer/components/states'
import { queries } from '@renderer/lib/api'
import { useChoosing } from '@renderer/lib/choose'
import { useDrop } from '@renderer/lib/drop'
import { plural } from '@renderer/lib/format'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ModelDetail } from './model-detail'
import { ModelTable } from './model-table'
import { useModelActions } from './use-model-actions'

/** The page of models: bundled, from disk, from runs. A system dialog chooses folders or files, not both. */
export function ModelsPage() {
  const list = useQuery({ ...queries.models.list.queryOptions({}), refetchOnMount: 'always' })
  const [selected, select] = useState<string | null>(null)
  const { add, addAll, ...actions } = useModelActions(select)
  const { hasDialogs, choose, typed } = useChoosing('model')
  const { choose: askForFile } = useChoosing('modelFile')
  const isOver = useDrop({
    onChosen: (chosen) => void addAll(chosen),
    onFiles: () =>
      notifications.show({
        color: 'orange',
        title: 'A browser does not reveal the path of a dropped model',
        message: 'Add it by its path instead.',
      }),
  })
  const chooseFile = async () => {
    const chosen = await askForFile()
    if (chosen) await addAll([chosen])
  }
  const item = list.data?.find(({ id }) => id === selected) ?? list.data?.[0]
  const adding = (
    <AddPath
      label={hasDialogs ? 'Add a folder' : 'Add a folder or GGUF file'}
      hasDialogs={hasDialogs}
      onChoose={async () => {
        const chosen = await choose()
        if (chosen) await add(chosen)
      }}
      onTyped={async (path) => add(await typed(path))}
      description="A folder in Hugging Face layout (config.json, tokenizer.json, model.safetensors), or a .gguf file"
      placeholder="/home/me/models/SmolLM2-135M"
    />
  )
  return (
    <Page
      title="Models"
      subtitle={<span className="quiet">{list.data ? plural(list.data.length, 'model') : ''}</span>}
      actions={
        <>
          <Button component="a" href="#/hub/models" variant="default">
            From the Hub
          </Button>
          {hasDialogs && (
            <Button variant="default" onClick={() => void chooseFile()}>
              Add a GGUF file
            </Button>
          )}
          {adding}
        </>
      }
      isFilled
    >
      <DropHint isOver={isOver} text="Drop a model's folder or .gguf file to add it" />
      {list.isPending && <LoadingRows />}
      {list.error && <ErrorState error={list.error} onRetry={() => void list.refetch()} />}
      {list.data && item && (
        <Box className="panes" style={{ '--panes': 'minmax(0, 1fr) minmax(300px, 38%)' } as React.CSSProperties}>
          <Box className="panel pane-list" style={{ minWidth: 0, overflow: 'auto' }}>
            <ModelTable items={list.data} selected={item.id} onSelect={select} />
          </Box>
          <Box className="panel" p="md" style={{ minWidth: 0, overflow: 'auto' }}>
            <ModelDetail key={item.id} item={item} actions={actions} />
          </Box>
        </Box>
      )}
    </Page>
  )
}
