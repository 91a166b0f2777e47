import { Button, Menu, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { PathPopover } from '@renderer/components/path-popover'
import { api, queries } from '@renderer/lib/api'
import { formatBytes } from '@renderer/lib/format'
import { saveText } from '@renderer/lib/save-text'
import type { StudyFormat, StudySummary } from '@shared/contract/studies'
import type { Budget } from '@shared/schemas/study'
import { BUDGET_WORDS } from '@shared/study/words'
import { IconChevronDown, IconPackageExport } from '@tabler/icons-react'
import { useMutation, useQuery } from '@tanstack/react-query'
import { tellFailure } from './study-actions'

interface ExportButtonsProps {
  readonly study: StudySummary
  /** Task and axis of the figure. */
  readonly task: string
  readonly budget: Budget
}

/** The report, the numbers and the figure as files; a bundle that repeats the study elsewhere. */
export function ExportButtons({ study, task, budget }: ExportButtonsProps) {
  const { mutate, isPending } = useMutation({
    mutationFn: (format: StudyFormat) =>
      api.studies.export({ id: study.id, format, ...(format === 'svg' ? { task, budget } : {}) }),
    onSuccess: ({ fileName, mediaType, text }) => saveText(fileName, mediaType, text),
    onError: tellFailure('The export was not made'),
  })
  const items: readonly (readonly [format: StudyFormat, label: string, text: string])[] = [
    ['markdown', 'Report (Markdown)', 'Verdicts, tables and what was fixed'],
    ['csv', 'Numbers (CSV)', 'A line for each run, arm and difference'],
    ['svg', 'Figure (SVG)', `The curves against ${BUDGET_WORDS[budget].label}`],
    ['json', 'Everything (JSON)', 'The experiment and its results'],
  ]
  return (
    <>
      <Menu position="bottom-end" width={260}>
        <Menu.Target>
          <Button variant="default" rightSection={<IconChevronDown size={14} />} loading={isPending}>
            Export
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {items.map(([format, label, text]) => (
            <Menu.Item key={format} onClick={() => mutate(format)}>
              <Text size="sm">{label}</Text>
              <Text size="xs" className="quiet">
                {text}
              </Text>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      <BundleButton study={study} />
    </>
  )
}

const ENDING = '.gpostudy'
const fileName = (name: string) => `${name.replaceAll(/[^\p{L}\p{N}.-]+/gu, '-').slice(0, 60)}${ENDING}`

function BundleButton({ study }: { readonly study: StudySummary }) {
  const { data: info } = useQuery(queries.system.info.queryOptions({}))
  const hasDialogs = info?.hasDialogs ?? false
  const write = async (grant: string) => {
    // The system's dialog has asked about an existing file; a typed path replaces none.
    const { out, bytes, contains } = await api.studies.bundle({ id: study.id, grant, replaces: hasDialogs })
    notifications.show({
      title: `Bundle saved, ${formatBytes(bytes)}`,
      message: [out, ...contains].join(' · '),
      autoClose: 15_000,
    })
  }
  return (
    <PathPopover
      hasDialogs={hasDialogs}
      onChoose={async () => {
        const chosen = await api.system.choose({ kind: 'exportFile', suggestedName: fileName(study.name) })
        if (chosen) await write(chosen.grant)
      }}
      onTyped={async (path) => write((await api.system.typed({ path })).grant)}
      label="Path of the new bundle on this machine"
      description={`A ${ENDING} file with everything that is needed to repeat the experiment elsewhere.`}
      placeholder={`/home/me/${fileName(study.name)}`}
      submitLabel="Save"
      position="bottom-end"
      target={(ask, isBusy) => (
        <Button variant="default" leftSection={<IconPackageExport size={14} />} loading={isBusy} onClick={ask}>
          Save bundle…
        </Button>
      )}
    />
  )
}
