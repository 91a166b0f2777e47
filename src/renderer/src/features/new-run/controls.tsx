/** The control of a setting, by its type. An empty field means the default, which it shows in grey. */
import {
  ActionIcon,
  MultiSelect,
  SegmentedControl,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core'
import { queries } from '@renderer/lib/api'
import { columnsText, parseColumns, parseNumber, valueText } from '@renderer/lib/setting-text'
import { defaultName } from '@shared/plan/default-name'
import { currentValue, type DraftValue } from '@shared/plan/draft'
import type { DescribedLeaf } from '@shared/plan/fields'
import { numberText } from '@shared/plan/range'
import { IconX } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { usePlanForm } from './form'
import classes from './new-run.module.css'

export interface SettingIds {
  readonly input: string
  /** Ids of the texts that describe the setting and its problems, for screen readers. */
  readonly help: string
}

/** Properties for every input with its own wrapper. */
export const inputProps = ({ input, help }: SettingIds) => ({
  id: input,
  description: help,
  descriptionProps: { className: classes.hidden ?? '' },
})

export interface ControlProps {
  readonly setting: DescribedLeaf
  readonly ids: SettingIds
  readonly hasError: boolean
}

/** A button that restores the default. */
function Clear({ setting }: { readonly setting: DescribedLeaf }) {
  const { set } = usePlanForm()
  const { leaf, label } = setting
  const fallback = leaf.default === undefined ? 'empty' : valueText(setting, leaf.default)
  return (
    <ActionIcon size={18} aria-label={`${label}: back to ${fallback}`} onClick={() => set(leaf.id, undefined)}>
      <IconX size={12} />
    </ActionIcon>
  )
}

/** The text of a field that is parsed while it is typed; the typed text stays unchanged as long as it means the same value. */
function useTyped(id: string, show: (value: DraftValue) => string, parse: (text: string) => DraftValue | undefined) {
  const { draft, set } = usePlanForm()
  const value = draft[id]
  const [typed, setTyped] = useState('')
  const isSame = JSON.stringify(parse(typed)) === JSON.stringify(value)
  const text = isSame ? typed : value === undefined ? '' : show(value)
  return {
    text,
    isSet: value !== undefined,
    type: (next: string) => {
      setTyped(next)
      set(id, parse(next))
    },
  }
}

const showNumber = (value: DraftValue) => (typeof value === 'number' ? numberText(value) : String(value))

function NumberControl({ setting, ids, hasError }: ControlProps) {
  const { leaf } = setting
  const { draft } = usePlanForm()
  const { text, isSet, type } = useTyped(leaf.id, showNumber, parseNumber)
  const fallback = leaf.default === undefined ? 'all' : showNumber(leaf.default)
  const stepBy = (by: number) => {
    const now = currentValue(draft, leaf.id)
    if (typeof now === 'number') type(numberText(Math.max(leaf.minimum ?? now + by, now + by)))
  }
  return (
    <TextInput
      {...inputProps(ids)}
      inputMode={leaf.type === 'integer' ? 'numeric' : 'decimal'}
      placeholder={fallback}
      value={text}
      error={hasError}
      onChange={(event) => type(event.currentTarget.value)}
      onKeyDown={(event) => {
        const by = { ArrowUp: 1, ArrowDown: -1 }[event.key]
        if (by === undefined || leaf.type !== 'integer') return
        event.preventDefault()
        stepBy(by)
      }}
      rightSection={isSet ? <Clear setting={setting} /> : null}
    />
  )
}

function TextControl({ setting, ids, hasError }: ControlProps) {
  const { leaf } = setting
  const { plan } = usePlanForm()
  const { text, isSet, type } = useTyped(leaf.id, String, (typed) => (typed === '' ? undefined : typed))
  const isLong = leaf.path === 'data.template'
  const shared = {
    ...inputProps(ids),
    placeholder:
      leaf.path === 'name' && plan ? defaultName(plan) : leaf.default === undefined ? '' : String(leaf.default),
    value: text,
    error: hasError,
    classNames: leaf.path === 'name' ? {} : { input: 'mono' },
    rightSection: isSet ? <Clear setting={setting} /> : null,
  }
  return isLong ? (
    <Textarea {...shared} autosize minRows={1} maxRows={8} onChange={(event) => type(event.currentTarget.value)} />
  ) : (
    <TextInput {...shared} onChange={(event) => type(event.currentTarget.value)} />
  )
}

function ColumnsControl({ setting, ids, hasError }: ControlProps) {
  const { text, type } = useTyped(
    setting.leaf.id,
    (value) => columnsText(value as Readonly<Record<string, string>>), // the setting has no other type
    parseColumns,
  )
  return (
    <TextInput
      {...inputProps(ids)}
      placeholder="recognised"
      classNames={{ input: 'mono' }}
      value={text}
      error={hasError}
      onChange={(event) => type(event.currentTarget.value)}
    />
  )
}

/** A few short choices are shown side by side. */
function ChoiceControl({ setting, ids, hasError }: ControlProps) {
  const { draft, set } = usePlanForm()
  const { leaf, options = {}, label } = setting
  const value = String(currentValue(draft, leaf.id) ?? '')
  const data = leaf.options.map((option) => ({ value: option, label: options[option] ?? option }))
  if (data.length <= 3 && data.reduce((sum, option) => sum + option.label.length, 0) < 16)
    return (
      <SegmentedControl
        id={ids.input}
        aria-label={label}
        aria-description={ids.help}
        fullWidth
        data={data}
        value={value}
        onChange={(next) => set(leaf.id, next)}
      />
    )
  return (
    <Select
      {...inputProps(ids)}
      data={data}
      value={value}
      error={hasError}
      allowDeselect={false}
      onChange={(next) => next !== null && set(leaf.id, next)}
    />
  )
}

function ChoicesControl({ setting, ids, hasError }: ControlProps) {
  const { draft, set } = usePlanForm()
  const { leaf } = setting
  const value = (currentValue(draft, leaf.id) ?? []) as string[] // the setting has no other type
  return (
    <MultiSelect
      {...inputProps(ids)}
      data={[...leaf.options]}
      value={value}
      error={hasError}
      onChange={(next) => set(leaf.id, next)}
    />
  )
}

function TextsControl({ setting, ids, hasError }: ControlProps) {
  const { draft, set } = usePlanForm()
  const { leaf } = setting
  const value = (currentValue(draft, leaf.id) ?? []) as string[] // the setting has no other type
  const known = useQuery(queries.servers.list.queryOptions({ enabled: leaf.path === 'rollout.engines' }))
  return (
    <TagsInput
      {...inputProps(ids)}
      classNames={{ input: 'mono' }}
      acceptValueOnBlur
      splitChars={[',', ' ']}
      data={known.data?.servers.map(({ address }) => address) ?? []}
      value={value}
      error={hasError}
      onChange={(next) => set(leaf.id, next)}
    />
  )
}

function SwitchControl({ setting, ids }: ControlProps) {
  const { draft, set } = usePlanForm()
  const { leaf, label } = setting
  return (
    <Switch
      id={ids.input}
      aria-description={ids.help}
      label={label}
      checked={currentValue(draft, leaf.id) === true}
      onChange={(event) => set(leaf.id, event.currentTarget.checked)}
    />
  )
}

export function Control(props: ControlProps) {
  switch (props.setting.leaf.type) {
    case 'number':
    case 'integer':
      return <NumberControl {...props} />
    case 'boolean':
      return <SwitchControl {...props} />
    case 'choice':
      return <ChoiceControl {...props} />
    case 'choices':
      return <ChoicesControl {...props} />
    case 'texts':
      return <TextsControl {...props} />
    case 'columns':
      return <ColumnsControl {...props} />
    case 'text':
      return <TextControl {...props} />
  }
}
