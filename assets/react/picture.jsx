import { useEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import { Dialog } from "./dialog.jsx";
import { ErrorLine, Frame, svgIcon } from "./field_parts.jsx";
import { PHOTO, uncut } from "./picture_crop.js";
import { CropStage, cut } from "./picture_crop.jsx";
import { readPicture } from "./picture_file.jsx";
import { announce, useRestored } from "./form_drafts.jsx";
import { TAKES, fileOf } from "./uploads.js";
import { sendFile } from "./upload.jsx";

// Choosing or taking a picture, cutting a square out of it, turning it, and handing
// it in. What leaves this device is the square alone, drawn anew, unless this browser
// cannot read the picture: then the server reads it first, and the square is cut out
// of what it answers.
const CAMERA =
  "M14.5 4h-5L7 7H4a2 2 0 0 0-2 2v9a2 2 0 0 0 2 2h16a2 2 0 0 0 2-2V9a2 2 0 0 0-2-2h-3l-2.5-3zM9 13a3 3 0 1 0 6 0a3 3 0 1 0 -6 0";
const PREPARED = "This browser cannot show this picture, so we prepare it for you.";
const { most, words: kinds, accept } = TAKES.picture;

// `onDone` gets what the server says about what was cut out, `onRemove` asks to have
// none. A `frame` that is not the usual square, and what the picture is handed in for,
// may be said, and who is going to see it.
export function PictureDialog({
  label,
  picture,
  camera,
  round,
  frame,
  purpose = "picture",
  seen = "Only you and the business see it.",
  onDone,
  onRemove,
  onClose,
}) {
  const dialog = useRef(null);
  const chooser = useRef(null);
  const taker = useRef(null);
  const stop = useRef(() => {});
  const turn = useRef(0); // what an earlier choice still brings is not wanted
  const [chosen, setChosen] = useState(null);
  const [crop, setCrop] = useState(uncut);
  const [way, setWay] = useState(null);
  const [wrong, setWrong] = useState("");
  const busy = way !== null;

  useEffect(() => {
    dialog.current.showModal();
    return () => {
      turn.current = -1;
      stop.current();
    };
  }, []);
  useEffect(() => () => chosen && URL.revokeObjectURL(chosen.url), [chosen]);

  const take = async (file) => {
    if (!file) return;
    const mine = ++turn.current;
    const current = () => turn.current === mine;
    stop.current();
    setWrong("");
    setWay({ share: undefined, words: "Reading the picture" });
    try {
      const read = await readPicture(file, {
        progress: (share) => current() && setWay({ share, words: PREPARED }),
        stopper: (stopper) => (current() ? (stop.current = stopper) : stopper()),
      });
      if (current()) {
        setCrop(uncut);
        setChosen(read);
      }
    } catch (problem) {
      if (current()) setWrong(problem.message);
    }
    if (current()) setWay(null);
  };
  const pick = (event) => {
    take(event.target.files[0]);
    event.target.value = "";
  };
  const save = async () => {
    setWrong("");
    setWay({ share: 0, words: "Uploading" });
    const square = await cut(chosen.image, crop, frame);
    if (!dialog.current) return;
    stop.current = sendFile(purpose, square, {
      name: "picture.jpg",
      progress: (share) =>
        setWay({ share, words: share < 1 ? "Uploading" : "Checking the picture" }),
      done: (view) => {
        onDone(view);
        dialog.current.close();
      },
      fail: (sentence) => {
        setWay(null);
        setWrong(sentence);
      },
    });
  };
  const action = (words, look, onClick, more = "") => (
    <button
      type="button"
      className={`btn btn-${look} ${more}`}
      aria-disabled={busy ? "true" : "false"}
      onClick={onClick}
    >
      {words}
    </button>
  );

  return createPortal(
    <Dialog
      dialogRef={dialog}
      label={label}
      closing={{ onClick: () => dialog.current.close() }}
      actions={
        <>
          {picture && !chosen
            ? action("Remove picture", "danger", () => {
                onRemove();
                dialog.current.close();
              })
            : null}
          {action(
            "Take a photo",
            "secondary",
            () => taker.current.click(),
            "picture-take",
          )}
          {action(
            chosen ? "Choose another" : "Choose a picture",
            chosen ? "secondary" : "primary",
            () => chooser.current.click(),
          )}
          {chosen ? action("Save", "primary", save) : null}
        </>
      }
      actionsClass="flex flex-wrap gap-2.5 sm:justify-end max-sm:*:flex-1 max-sm:*:basis-[40%]"
      onClose={onClose}
      onClick={(event) => {
        // What was chosen is not lost by a click that missed.
        if (event.target === dialog.current && !chosen) dialog.current.close();
      }}
    >
      <div className="flex flex-col items-center gap-5 px-5 py-5 sm:px-7">
        {chosen ? (
          <CropStage {...chosen} {...{ crop, setCrop, round, frame }} />
        ) : picture && !busy ? (
          <img
            src={picture}
            alt="The picture now"
            width="288"
            height="288"
            className={`size-56 object-cover ${round ? "rounded-full" : "rounded-3xl"}`}
          />
        ) : null}
        {!chosen && !picture && !busy ? (
          <p className="text-ink-soft">
            {kinds}, up to {most} MB. {seen}
          </p>
        ) : null}
        <div className="w-full" role="status">
          {busy ? (
            <>
              <progress
                className="file-progress"
                max="1"
                value={way.share < 1 ? way.share : undefined}
                aria-label="Progress"
              />
              <p className="field-help">{way.words}</p>
            </>
          ) : null}
        </div>
        <div className="w-full empty:hidden" role="alert">
          <ErrorLine id="picture" error={wrong} />
        </div>
        <input
          ref={chooser}
          type="file"
          accept={accept}
          hidden
          data-picture-file=""
          onChange={pick}
        />
        <input
          ref={taker}
          type="file"
          accept="image/*"
          capture={camera}
          hidden
          onChange={pick}
        />
      </div>
    </Dialog>,
    document.body,
  );
}

// A dialog that is there while it is open, and gives the focus back.
export function usePictureDialog(opener) {
  const [open, setOpen] = useState(false);
  const close = () => {
    setOpen(false);
    opener.current?.focus();
  };
  const draw = (props) =>
    open ? <PictureDialog onClose={close} {...props} /> : null;
  return [() => setOpen(true), draw];
}

// The camera button on a picture that is stored as soon as it is cut; a `photo` is
// wider than it is high.
export function PictureEditor({ onUploaded, onRemove, className, photo, ...dialog }) {
  const opener = useRef(null);
  const [open, draw] = usePictureDialog(opener);
  return (
    <>
      <button
        ref={opener}
        type="button"
        aria-label={dialog.label}
        title={dialog.label}
        className={className}
        onClick={open}
      >
        {svgIcon(CAMERA)}
      </button>
      {draw({
        ...dialog,
        ...(photo && { frame: PHOTO, purpose: "photo" }),
        onDone: ({ id }) => onUploaded(id),
        onRemove,
      })}
    </>
  );
}

// The same as a field: the form around it sends the id of the square under `name`.
export function PictureField({ field, name, label, error, ...dialog }) {
  const [file, setFile] = useState(null);
  const input = useRef(null);
  const opener = useRef(null);
  const [open, draw] = usePictureDialog(opener);
  useEffect(() => {
    const { form } = input.current;
    const back = () => setFile(null);
    form.addEventListener("reset", back);
    return () => form.removeEventListener("reset", back);
  }, []);
  useRestored(input, ({ [name]: id }) => {
    const { url } = fileOf(id);
    setFile(id ? { id, url, thumbnail_url: `${url}?size=128` } : null);
  });
  const put = (next) => {
    setFile(next);
    // After the field holds it.
    requestAnimationFrame(() => announce(input.current));
  };
  return (
    <Frame id={field} label={label} error={error} group>
      <div className={`file-input file-large ${dialog.round ? "file-round" : ""}`}>
        <input ref={input} type="hidden" name={name} value={file?.id ?? ""} readOnly />
        <span className="file-picture" aria-hidden="true">
          {file ? <img src={file.thumbnail_url} alt="" /> : svgIcon(CAMERA)}
        </span>
        <span className="file-words field-help" role="status">
          {file ? "The picture is ready." : `${kinds}, up to ${most} MB`}
        </span>
        <span className="file-actions">
          <button
            ref={opener}
            id={field}
            type="button"
            className="btn btn-secondary btn-sm"
            aria-invalid={error ? "true" : "false"}
            onClick={open}
          >
            {file ? "Change picture" : "Choose a picture"}
          </button>
        </span>
      </div>
      {draw({
        ...dialog,
        label,
        picture: file?.url,
        onDone: put,
        onRemove: () => put(null),
      })}
    </Frame>
  );
}
