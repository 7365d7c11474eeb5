import { useRef, useState } from "react";
import { describedBy, ErrorLine, svgIcon } from "./field_parts.jsx";
import { useRestored } from "./form_drafts.jsx";
import { PictureDialog } from "./picture.jsx";
import { PHOTO } from "./picture_crop.js";
import {
  AwayButton,
  MoveButtons,
  PLUS,
  rowChanges,
  useRowFocus,
  useSaved,
} from "./row_list.jsx";
import { changed } from "./rows.js";
import { fileOf } from "./uploads.js";

let counter = 0;
const newRow = (row) => ({ key: "", file: "", alt: "", ...row, mark: ++counter });

// Photos in order, the first one leading: the form sends `photos.0.key` of one that was
// there before or `photos.0.file` of a new one, and what it shows, `photos.0.alt`.
export function PhotoRows({ initial, errors, most, saved }) {
  const box = useRef(null);
  const first = () => (initial ?? []).map(newRow);
  const [rows, setRows] = useState(first);
  const [open, setOpen] = useState(false);

  useSaved(saved, () => setRows(first()));
  useRestored(box, (typed) => {
    const found = [];
    for (let at = 0; `photos.${at}.alt` in typed; at++) {
      const key = typed[`photos.${at}.key`] ?? "";
      const file = typed[`photos.${at}.file`] ?? "";
      const known = (initial ?? []).find((one) => key && one.key === key);
      const url = known?.url ?? `${fileOf(file).url}?size=480`;
      if (known || file) found.push(newRow({ key, file, url, alt: typed[`photos.${at}.alt`] }));
    }
    setRows(found);
  });
  const focus = useRowFocus(box, rows);
  const { put, move, remove } = rowChanges(rows, setRows, focus);

  return (
    <div ref={box} className="flex flex-col gap-4">
      {rows.map((row, at) => {
        const id = `photo-${row.mark}`;
        const error = errors?.[`photos.${at}`];
        return (
          <div
            key={row.mark}
            data-row={row.mark}
            className="grid grid-cols-[6.5rem_minmax(0,1fr)] items-center gap-x-3 @md:grid-cols-[7.5rem_minmax(0,1fr)] gap-y-2 rounded-2xl border border-line p-3"
          >
            <img
              src={row.url?.replace(/\.webp$/, "-small.webp")}
              alt=""
              width="120"
              height="80"
              className="aspect-[3/2] w-full rounded-xl bg-sunken object-cover"
            />
            <div className="flex flex-wrap items-center justify-between">
              <span className="field-label">
                Photo {at + 1}
                {at === 0 ? (
                  <span className="ml-2 text-sm font-normal text-ink-faint max-sm:sr-only">
                    shown first
                  </span>
                ) : null}
              </span>
              <span className="-ml-2.5 flex shrink-0 sm:-mr-1 sm:ml-0">
                <MoveButtons
                  what={`photo ${at + 1}`}
                  at={at}
                  count={rows.length}
                  onMove={move}
                />
                <AwayButton what={`photo ${at + 1}`} onClick={() => remove(at)} />
              </span>
            </div>
            <div className="field col-span-full">
              <label className="text-sm text-ink-soft" htmlFor={id}>
                What photo {at + 1} shows
              </label>
              <input
                id={id}
                type="text"
                data-own=""
                name={`photos.${at}.alt`}
                className="field-input"
                autoComplete="off"
                value={row.alt}
                onChange={({ target }) =>
                  setRows((now) => changed(now, at, { alt: target.value }))
                }
                {...describedBy(id, error)}
              />
              <ErrorLine id={id} error={error} />
            </div>
            <input type="hidden" data-own="" name={`photos.${at}.key`} value={row.key} readOnly />
            <input type="hidden" data-own="" name={`photos.${at}.file`} value={row.file} readOnly />
          </div>
        );
      })}
      <ErrorLine id="photos" error={errors?.photos} />
      {rows.length < most ? (
        <button
          type="button"
          data-add=""
          className="btn btn-secondary w-fit"
          onClick={() => setOpen(true)}
        >
          {svgIcon(PLUS)}
          <span>Add a photo</span>
        </button>
      ) : null}
      {open ? (
        <PictureDialog
          label="Add a photo"
          camera="environment"
          frame={PHOTO}
          purpose="photo"
          seen="Everybody sees it once the service is published."
          onDone={({ id, url }) => put(newRow({ file: id, url: `${url}?size=480` }))}
          onClose={() => {
            setOpen(false);
            if (!focus.current) box.current.querySelector("[data-add]")?.focus();
          }}
        />
      ) : null}
    </div>
  );
}
