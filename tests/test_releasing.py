"""What a release is made of: licences, the manual page, what the bundle needs, installers, the workflow."""

from __future__ import annotations

import ast
import json
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

import isocost
from isocost.cli import COMMANDS
from isocost.cli.libraries import PACKAGES


@pytest.fixture
def tool(repository, monkeypatch):
    """Load a module of ``tools`` by its name."""
    monkeypatch.syspath_prepend(str(repository / "tools"))
    return lambda name: runpy.run_path(str(repository / "tools" / f"{name}.py"))


class TestLicences:
    def test_the_list_names_every_package_of_the_bundle(self, tool, repository):
        page = (repository / "packaging/licences.md").read_text(encoding="utf-8")
        for name, _, terms in tool("licences")["packages"]():
            assert f"| {name} | " in page, f"run make licences: {name} is missing"
            assert terms

    def test_every_package_of_the_bundle_has_its_texts(self, tool):
        licences = tool("licences")
        texts = licences["package_texts"]()
        names = {name for name, _, _ in licences["packages"]()}
        assert names | {"pyinstaller"} == set(texts)
        for name, text in texts.items():
            assert len(text) > 700, name
            assert re.search(r"(?i)permission|redistribut|licen[cs]e", text), name

    def test_what_is_no_package_has_its_texts_too(self, tool):
        texts = tool("licences")["beside_texts"]()
        assert "GNU LESSER GENERAL PUBLIC LICENSE" in texts["Qt"]
        assert "TERMS AND CONDITIONS" in texts["Qt"]
        assert "FreeType Project LICENSE" in texts["Qt"]
        assert "PYTHON SOFTWARE FOUNDATION" in texts["Python"]
        assert "SIL OPEN FONT LICENSE" in texts["Inter"]
        assert "Unicode" in texts["ICU"]

    def test_a_package_without_a_text_is_said(self, tool, monkeypatch):
        licences = tool("licences")

        bare = SimpleNamespace(metadata={"Name": "bare"}, files=())
        with pytest.raises(SystemExit, match="bare brings no text"):
            licences["texts_of"](bare)

    def test_a_package_nobody_asked_for_is_said(self, tool, tmp_path):
        licences = tool("licences")
        held = [("pytest.main", str(Path(pytest.__file__))), ("yaml.nodes", str(Path(yaml.__file__)))]
        bundled = tmp_path / "bundled.json"
        bundled.write_text(json.dumps(held))
        licences["write_texts"].__globals__["BUNDLED"] = bundled
        with pytest.raises(SystemExit, match="The bundle holds pytest, which"):
            licences["write_texts"](tmp_path / "texts")

    @pytest.mark.skipif(not shutil.which("dpkg"), reason="the records are Debian's")
    def test_a_library_of_the_system_brings_what_its_packager_wrote(self, tool):
        licences = tool("licences")
        found = subprocess.run(["ldd", shutil.which("sh") or ""], capture_output=True, text=True, check=True)
        library = Path(re.findall(r"=> (/\S+/libc\.so\.6)", found.stdout)[0]).resolve()
        _, system = licences["sorted_out"]([("libc.so.6", str(library))])
        texts = licences["system_texts"](system)
        assert "libc6" in texts
        assert "GNU LESSER GENERAL PUBLIC LICENSE" in texts["LGPL-2.1"]


class TestManualPage:
    def test_it_tells_of_every_command_and_every_option(self, tool, capsys):
        said = tool("man_page")["page"]().replace("\\-", "-").replace("\\fB", "").replace("\\fR", "")
        for name, command in COMMANDS.items():
            assert f".SS isocost {name}\n" in said
            with pytest.raises(SystemExit):
                command.run(["--help"])
            section = said.partition(f".SS isocost {name}\n")[2].partition("\n.SS ")[0]
            told = capsys.readouterr().out
            for option in re.findall(r"^  (?:-h, )?(--[\w-]+)", told, re.MULTILINE):
                assert option == "--help" or re.search(rf"^.*{option}\b", section, re.MULTILINE), (
                    name,
                    option,
                )
        assert isocost.__version__ in said

    @pytest.mark.skipif(not shutil.which("groff"), reason="groff is not installed")
    def test_groff_has_nothing_to_say_of_it(self, tool):
        page = tool("man_page")["page"]()
        run = subprocess.run(
            ["groff", "-man", "-Tutf8", "-ww", "-z"], input=page, capture_output=True, text=True, check=True
        )
        assert run.stderr == ""

    def test_a_line_that_opens_like_a_request_is_text(self, tool):
        escaped = tool("man_page")["escaped"]
        assert escaped(".5 of it\n'tis -1 \\") == "\\&.5 of it\n\\&'tis \\-1 \\e"


@pytest.mark.skipif(
    not (shutil.which("objdump") and shutil.which("dpkg")), reason="binutils and dpkg read a bundle"
)
class TestNeeds:
    @pytest.fixture
    def bundle(self, tmp_path):
        """A bundle of one extension module and a file that is no program."""
        import msgspec

        (module,) = Path(msgspec.__file__).parent.glob("_core*.so")
        shutil.copy(module, tmp_path)
        (tmp_path / "notes.so.txt").write_text("GLIBC_9.99")
        return tmp_path

    def test_the_newest_symbol_asked_for_is_the_c_library_needed(self, tool, bundle):
        (module,) = bundle.glob("*_core*.so")
        asked = re.findall(rb"\0GLIBC_(\d+)\.(\d+)(?:\.\d+)?\0", module.read_bytes())
        needs = tool("system_needs")["needs_of"](bundle)
        assert needs.glibc[:2] == max((int(a), int(b)) for a, b in asked)

    def test_the_package_says_the_c_library_and_what_carried_libraries_read(self, tool, bundle):
        needed = tool("system_needs")
        needs = needed["needs_of"](bundle)
        assert needed["depends"](needs) == [f"libc6 (>= {'.'.join(map(str, needs.glibc))})"]
        shutil.copy(next(bundle.glob("_core*.so")), bundle / "libfontconfig.so.1")
        assert "fontconfig-config" in needed["depends"](needed["needs_of"](bundle))

    def test_a_library_is_not_needed_that_the_bundle_carries(self, tool, bundle):
        needs_of = tool("system_needs")["needs_of"]
        assert "libc.so.6" in needs_of(bundle).libraries
        shutil.copy(next(bundle.glob("_core*.so")), bundle / "libc.so.6")
        assert "libc.so.6" not in needs_of(bundle).libraries

    def test_an_empty_folder_is_no_bundle(self, tool, tmp_path):
        with pytest.raises(SystemExit, match="nothing to run"):
            tool("system_needs")["needs_of"](tmp_path)


class TestBundle:
    @pytest.fixture
    def wanted(self, repository, monkeypatch):
        """What the recipe keeps of a bundle on Linux."""
        tree = ast.parse((repository / "packaging/isocost.spec").read_text(encoding="utf-8"))
        rules = [
            node
            for node in tree.body
            if (
                isinstance(node, ast.Assign)
                and ast.unparse(node.targets[0]) in ("EXCLUDED_FILES", "SYSTEMS_OWN")
            )
            or (isinstance(node, ast.FunctionDef) and node.name == "wanted")
        ]
        monkeypatch.setattr(sys, "platform", "linux")
        names = {"re": re, "sys": sys}
        exec(compile(ast.Module(rules, []), "isocost.spec", "exec"), names)
        return names["wanted"]

    def test_every_file_of_ours_stays(self, wanted, repository):
        shipped = [
            path for folder in ("resources", "presets", "docs") for path in (repository / folder).rglob("*")
        ]
        assert all(wanted(f"isocost/{path.relative_to(repository).as_posix()}") for path in shipped)

    def test_what_the_system_has_is_left_to_it_and_what_it_may_lack_is_carried(self, wanted):
        assert not wanted("libstdc++.so.6")
        assert not wanted("libfontconfig.so.1")
        assert wanted("libxcb-cursor.so.0")
        assert wanted("PySide6/Qt/lib/libQt6Core.so.6")
        assert wanted("PySide6/Qt/plugins/platforms/libqxcb.so")
        assert not wanted("PySide6/Qt/plugins/platforms/libqvnc.so")

    def test_what_a_user_is_told_to_install_is_not_carried(self, wanted):
        at_hand = {"libGL.so.1", "libEGL.so.1", "libxcb.so.1"}  # PyInstaller itself leaves these out
        loaded = {name for name in PACKAGES if not name.startswith(("libxcb-", "libxkb", "libwayland"))}
        assert {name for name in loaded - at_hand if wanted(name)} == set()


class TestInstallers:
    """Installers of systems that are not here: what their recipes name exists, and is named alike."""

    def test_windows_takes_its_version_and_files_from_where_they_are(self, repository):
        recipe = (repository / "packaging/windows.iss").read_text(encoding="utf-8")
        spec = (repository / "packaging/isocost.spec").read_text(encoding="utf-8")
        assert not re.search(r"\d+\.\d+\.\d+", re.sub(r"(?m)^;.*$", "", recipe)), "a version of its own"
        for name in set(re.findall(r"([\w-]+)\.exe", recipe)):
            assert f'program("{name}"' in spec
        for source in ("isocost.ico", "isocost-plan.ico", "../LICENSE"):
            assert source.replace("/", "\\") in recipe
            assert (repository / "packaging" / source).is_file()
        assert r"Software\Classes\.isocost" in recipe
        assert "PrivilegesRequired=lowest" in recipe

    def test_macos_knows_the_file_type_and_its_icon(self, repository):
        spec = (repository / "packaging/isocost.spec").read_text(encoding="utf-8")
        ast.parse(spec)
        assert '"public.filename-extension": ["isocost"]' in spec
        types = re.findall(r'"(?:UTTypeIdentifier|LSItemContentTypes)": \[?"([\w.]+)"', spec)
        assert types == ["org.isocost.plan"] * 2
        assert (repository / "packaging/isocost-plan.icns").read_bytes()[:4] == b"icns"
        assert (repository / "packaging/isocost-plan.ico").read_bytes()[:4] == b"\0\0\1\0"

    @pytest.mark.skipif(sys.platform == "win32", reason="there is no sh")
    def test_every_script_is_one(self, repository):
        scripts = [*repository.glob("packaging/**/*.sh"), *repository.glob("tools/*.sh")]
        assert len(scripts) > 8
        for script in scripts:
            subprocess.run(["sh", "-n", str(script)], check=True)
            for named in re.findall(
                r"\b((?:packaging|tools|resources)/[\w./-]+\.\w+)", script.read_text("utf-8")
            ):
                assert (repository / named).exists(), f"{script.name} names {named}"


class TestWorkflow:
    @pytest.fixture
    def workflow(self, repository):
        text = (repository / ".github/workflows/checks.yml").read_text(encoding="utf-8")
        return yaml.safe_load(text)

    @staticmethod
    def steps(workflow):
        return [step for job in workflow["jobs"].values() for step in job["steps"]]

    def test_it_may_read_and_only_the_release_may_write(self, workflow):
        assert workflow["permissions"] == {"contents": "read"}
        writing = {name for name, job in workflow["jobs"].items() if "permissions" in job}
        assert writing == {"release"}
        assert "refs/tags/" in workflow["jobs"]["release"]["if"]

    def test_actions_are_the_platforms_own_at_a_major_version(self, workflow):
        used = [step["uses"] for step in self.steps(workflow) if "uses" in step]
        assert used
        for action in used:
            assert re.fullmatch(r"actions/[\w-]+@v\d+", action)

    def test_every_python_we_name_is_tested(self, workflow, repository):
        project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        versions = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
        assert versions == ["3.11", "3.12", "3.13", "3.14"]
        assert project["requires-python"] == f">={versions[0]}"

    def test_what_it_runs_exists(self, workflow, repository):
        makefile = (repository / "Makefile").read_text(encoding="utf-8")
        told = "\n".join(step.get("run", "") for step in self.steps(workflow))
        for target in re.findall(r"\bmake ([\w./-]+)", told):
            assert re.search(rf"^{re.escape(target)}:", makefile, re.MULTILINE), target
        for script in re.findall(r"\b((?:packaging|tools)/[\w./-]+\.\w+)", told):
            assert (repository / script).is_file(), script

    def test_a_job_waits_for_jobs_there_are(self, workflow):
        jobs = workflow["jobs"]
        for job in jobs.values():
            needs = job.get("needs", [])
            assert set([needs] if isinstance(needs, str) else needs) <= set(jobs)
