import { Button, Group, Stack, Text, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { AddPath } from '@renderer/components/add-path'
import { Page } from '@renderer/components/page'
import { api } from '@renderer/lib/api'
import { useChoosing } from '@renderer/lib/choose'
import { keyOf } from '@renderer/lib/reference-options'
import type { PlaygroundModel } from '@shared/contract/playground'
import type { ChosenPath } from '@shared/contract/system'
import { rowNumber } from '@shared/row-number'
import { IconListSearch, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react'
import { useState } from 'react'
import {
  firstDifference,
  generationOf,
  INITIAL_SETTINGS,
  initialSides,
  modelOf,
  type PickedRow,
  type Settings,
} from './choices'
import { Column } from './column'
import { HistoryMenu, useHistory } from './history'
import classes from './playground.module.css'
import { RowPicker } from './row-picker'
import { SettingsRow } from './settings-row'
import { useGeneration } from './use-generation'

interface PlaygroundProps {
  readonly listed: readonly PlaygroundModel[]
  /** The prompt and models named in the address. */
  readonly wanted: string | null
}

const runOf = (model: PlaygroundModel | null): string | null =>
  model?.reference.kind === 'run' ? model.reference.id : null

/** The reference answer of the row, and whether answers are judged by it. */
function RowNote({ picked, prompt }: { readonly picked: PickedRow; readonly prompt: string }) {
  const isSame = picked.prompt === prompt
  return (
    <Text size="sm" className="quiet" style={{ minWidth: 0 }}>
      Row {rowNumber(picked.row)} of {picked.source}
      {!isSame && '; the prompt was changed, so answers are not judged'}
      {isSame && picked.reference === '' && ', which has no reference'}
      {isSame && picked.reference !== '' && (
        <>
          {' · reference '}
          <span className="mono" style={{ color: 'var(--mantine-color-text)' }}>
            {picked.reference}
          </span>
        </>
      )}
    </Text>
  )
}

export function Playground({ listed, wanted }: PlaygroundProps) {
  const [added, setAdded] = useState<readonly PlaygroundModel[]>([])
  const models = [...listed, ...added]
  const [sides, setSides] = useState(() => initialSides(listed, wanted))
  const [prompt, setPrompt] = useState('')
  const [settings, setSettings] = useState<Settings>(INITIAL_SETTINGS)
  const [picked, setPicked] = useState<PickedRow | null>(null)
  const [isPicking, picking] = useDisclosure(false)
  const [history, addToHistory] = useHistory()
  const left = useGeneration()
  const right = useGeneration()
  const choosing = useChoosing('model')

  const [leftModel, rightModel] = [modelOf(models, sides.left), modelOf(models, sides.right)]
  const isBusy = [left, right].some(({ status }) => status === 'loading' || status === 'running')
  const difference = firstDifference(left.tokens, right.tokens)
  const canAsk = (leftModel ?? rightModel) !== null

  const generate = () => {
    if (!canAsk) return
    addToHistory({ prompt, settings })
    const start = (model: PlaygroundModel | null, side: typeof left) => {
      if (!model) return
      const chatTemplate = settings.chatTemplate && model.hasChatTemplate
      side.start(model.reference, generationOf(prompt, { ...settings, chatTemplate }, picked))
    }
    start(leftModel, left)
    start(rightModel, right)
  }
  const stop = () => {
    left.stop()
    right.stop()
  }
  const addFolder = async (chosen: ChosenPath | null) => {
    if (!chosen) return
    const model = await api.playground.inspect({ grant: chosen.grant })
    if (model.problem !== null) throw new Error(model.problem)
    setAdded((old) => [...old, model])
    setSides((old) => ({ ...old, right: keyOf(model.reference) }))
  }
  return (
    <Page
      title="Playground"
      isFilled
      actions={
        <>
          <HistoryMenu
            history={history}
            onPick={(asked) => {
              setPrompt(asked.prompt)
              setSettings(asked.settings)
            }}
          />
          <AddPath
            label="Another model"
            variant="default"
            hasDialogs={choosing.hasDialogs}
            onChoose={async () => addFolder(await choosing.choose())}
            onTyped={async (path) => addFolder(await choosing.typed(path))}
            description="A folder in Hugging Face layout or a .gguf file, for the right side"
            placeholder="/home/me/models/SmolLM2-135M"
          />
        </>
      }
    >
      <Stack gap="md" style={{ flex: 1, minHeight: 0 }}>
        <Textarea
          label="Prompt"
          autosize
          minRows={3}
          maxRows={8}
          classNames={{ input: 'model-text' }}
          spellCheck={false}
          value={prompt}
          onChange={({ currentTarget }) => setPrompt(currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) generate()
            if (event.key === 'Escape') stop()
          }}
        />
        <Group justify="space-between" align="flex-end" gap="md">
          <SettingsRow
            settings={settings}
            hasChatTemplate={[leftModel, rightModel].some((model) => model?.hasChatTemplate)}
            onChange={(change) => setSettings({ ...settings, ...change })}
          />
          <Group gap="sm">
            <Button variant="default" leftSection={<IconListSearch size={16} />} onClick={picking.open}>
              Pick a row of the data
            </Button>
            {isBusy ? (
              <Button leftSection={<IconPlayerStop size={16} />} onClick={stop} w={116}>
                Stop
              </Button>
            ) : (
              <Button leftSection={<IconPlayerPlay size={16} />} onClick={generate} disabled={!canAsk} w={116}>
                Generate
              </Button>
            )}
          </Group>
        </Group>
        <Group justify="space-between" gap="md" wrap="nowrap">
          {picked ? (
            <RowNote picked={picked} prompt={prompt} />
          ) : (
            <Text size="sm" className="quiet">
              Ctrl Enter generates, Escape stops.
            </Text>
          )}
          <Text size="xs" className="quiet" style={{ whiteSpace: 'nowrap' }}>
            probability of a token 0 <span className={classes.scale} aria-hidden /> 1
            {difference !== null && ` · the answers differ from token ${difference + 1}`}
          </Text>
        </Group>
        <div className={classes.columns}>
          <Column
            side="Left"
            models={models}
            model={leftModel}
            state={left}
            difference={difference}
            onModel={(key) => setSides({ ...sides, left: key })}
          />
          <Column
            side="Right"
            models={models}
            model={rightModel}
            state={right}
            difference={difference}
            onModel={(key) => setSides({ ...sides, right: key })}
          />
        </div>
      </Stack>
      <RowPicker
        isOpen={isPicking}
        run={[rightModel, leftModel].map(runOf).find((run) => run !== null) ?? null}
        onClose={picking.close}
        onPick={(row, chatTemplate) => {
          setPicked(row)
          setPrompt(row.prompt)
          setSettings({ ...settings, chatTemplate })
        }}
      />
    </Page>
  )
}
