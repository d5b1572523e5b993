// Plays what the API's playback operation has given: HLS with hls.js, or a file; stops when no key is given any more.

// The player asks for no more than this ahead, so that it stops soon after access has ended.
const BUFFER_SECONDS = 20;
const SENTENCES = {
  403: "Playback has ended: you are signed out, or your access to this course has ended.",
  409: "Your account plays on other devices. Close one of them, then play again.",
};

/** `onStop` gets a sentence and the status that ended the playback, or 0. */
export async function openVideo(video, playback, onStop) {
  if (playback.posterUrl) video.poster = playback.posterUrl;
  const stop = (status, details) => {
    video.pause();
    opened.close();
    onStop(SENTENCES[status] ?? `The video cannot be played (${details}).`, status);
  };
  await loadHls();
  const opened = playback.type === "hls" && Hls.isSupported() ? startHls(video, playback, stop) : startNative(video, playback, stop);
  return opened;
}

let loading = null;
function loadHls() {
  loading ??= "Hls" in globalThis ? Promise.resolve() : new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: new URL("vendor/hls/hls.min.js", import.meta.url).href, onload: resolve, onerror: reject });
    document.head.append(script);
  });
  return loading;
}

function languageName(language) {
  return new Intl.DisplayNames([navigator.language], { type: "language" }).of(language);
}

function startHls(video, playback, stop) {
  const hls = new Hls({
    enableWorker: false,
    maxBufferLength: BUFFER_SECONDS,
    maxMaxBufferLength: BUFFER_SECONDS,
    startPosition: playback.resumeAt,
    subtitlePreference: { lang: navigator.language.slice(0, 2) },
  });
  hls.on(Hls.Events.ERROR, (_event, { details, response, fatal }) => {
    if ([403, 409].includes(response?.code)) stop(response.code);
    else if (fatal) stop(0, details);
  });
  hls.on(Hls.Events.MANIFEST_PARSED, (_event, { subtitleTracks }) => {
    for (const track of subtitleTracks) track.name = languageName(track.lang);
  });
  hls.on(Hls.Events.SUBTITLE_TRACKS_UPDATED, (_event, { subtitleTracks }) => {
    if (subtitleTracks.length) hls.subtitleTrack = 0;
  });
  hls.loadSource(playback.url);
  hls.attachMedia(video);
  return { close: () => hls.destroy() };
}

// Safari plays HLS itself; a file is played by every browser.
function startNative(video, playback, stop) {
  video.replaceChildren(...playback.captions.map(({ language, url }, number) => {
    const track = document.createElement("track");
    return Object.assign(track, { kind: "captions", srclang: language, label: languageName(language), src: url, default: number === 0 });
  }));
  video.src = playback.url;
  video.onloadedmetadata = () => { video.currentTime = playback.resumeAt; };
  video.onerror = () => stop(403);
  return { close: () => { video.onerror = null; } };
}
