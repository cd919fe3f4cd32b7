"""The chart: what it renders for three sets of values is what deploy/helm/golden has, Kubernetes' own schemas accept it, the
configuration in it is good, and a change of a mounted ConfigMap is taken up as kubelet makes it. Rendering needs `helm`
(HELM, or in the PATH), which Debian does not have, so that this alone is left out where there is none; the rest holds
the golden files to it without one.

ISOCOST_WRITE_GOLDEN=1 writes them anew."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import jsonschema
import yaml

import behaviours
from gateway import Gateway, endpoint, question
from needs import needs
from scripted_host import ScriptedHost

try:
    import kubernetes_validate
except ImportError:
    kubernetes_validate = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
HELM = os.environ.get("HELM") or shutil.which("helm")
FOLDER = ROOT / "deploy" / "helm"
CHART = FOLDER / "isocost"
SETS = sorted(FOLDER.glob("examples/*.yaml"))


def rendered(values):
    done = subprocess.run([HELM, "template", "isocost", CHART, "-n", "gateways", "-f", values, "--kube-version", "1.34.0",
                           "--api-versions", "monitoring.coreos.com/v1"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def golden(values):
    return FOLDER / "golden" / values.name


def documents(text):
    return [each for each in yaml.safe_load_all(text) if each]


class Chart(unittest.TestCase):
    def kinds(self, values):
        return {each["kind"]: each for each in documents(golden(values).read_text()) if each["kind"] != "Service"}

    @unittest.skipUnless(HELM, "no helm here")
    def test_it_renders_what_the_golden_files_have(self):
        self.assertEqual(len(SETS), 3)
        for values in SETS:
            if os.environ.get("ISOCOST_WRITE_GOLDEN"):
                golden(values).write_text(rendered(values))
            with self.subTest(values=values.name):
                self.assertEqual(rendered(values), golden(values).read_text())

    @unittest.skipUnless(HELM, "no helm here")
    def test_values_that_cannot_be_are_refused(self):
        for wrong in ("replicas=2", "kind=DaemonSet", "config.listen=127.0.0.1:8080", "autoscaling.enabled=true", "nonsense=1",
                      "image.digest=latest"):
            done = subprocess.run([HELM, "template", "isocost", CHART, "--set", wrong], capture_output=True, text=True)
            self.assertNotEqual(done.returncode, 0, wrong)
            self.assertIn("schema", done.stderr)
        for wrong, said in ((["autoscaling.enabled=true", "autoscaling.minReplicas=4", "autoscaling.maxReplicas=3", "kind=Deployment",
                              "config.ledger.url=postgresql://database/isocost"], "minReplicas is above"),
                            (["terminationGracePeriodSeconds=309"], "would be cut off"),
                            (["config.limits.drain_timeout=1 h"], "would be cut off"),
                            (["secretFiles[0].name=tls,secretFiles[0].secret=tls,secretFiles[0].path=/etc/isocost/tls"],
                             "take /etc/isocost-tls")):
            done = subprocess.run([HELM, "template", "isocost", CHART, *[word for each in wrong for word in ("--set", each)]],
                                  capture_output=True, text=True)
            self.assertNotEqual(done.returncode, 0, wrong)
            self.assertIn(said, done.stderr)
        for right in ("terminationGracePeriodSeconds=310", "config.limits.drain_timeout=320 s",
                      "secretFiles[0].name=tls,secretFiles[0].secret=tls,secretFiles[0].path=/etc/isocost-tls"):
            done = subprocess.run([HELM, "template", "isocost", CHART, "--set", right], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(subprocess.run([HELM, "lint", "--strict", CHART, "-f", SETS[0]], capture_output=True).returncode, 0)

    def test_the_schema_takes_every_value_of_the_chart_and_of_the_examples(self):
        schema = json.loads((CHART / "values.schema.json").read_text())
        usual = yaml.safe_load((CHART / "values.yaml").read_text())
        self.assertEqual(set(usual), set(schema["properties"]) - {"global"})
        for more in [{}] + [yaml.safe_load(values.read_text()) for values in SETS]:
            jsonschema.validate(usual | more, schema)
        with self.assertRaises(jsonschema.ValidationError):
            jsonschema.validate(usual | {"replicas": 2}, schema)

    @needs(kubernetes_validate, "no kubernetes-validate here")
    def test_kubernetes_takes_what_is_rendered(self):
        for values in SETS:
            for each in documents(golden(values).read_text()):
                if each["apiVersion"].startswith("monitoring."):
                    continue  # Prometheus' operator has its own
                for version in ("1.30", "1.34", "1.37"):
                    kubernetes_validate.validate(each, version, strict=True)

    def test_the_configuration_in_it_is_good(self):
        for values in SETS:
            text = self.kinds(values)["ConfigMap"]["data"]["isocost.yaml"]
            # Files of secrets are not here.
            text = re.sub(r"^ *ca_file: .*\n", "", text, flags=re.M)
            with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
                file.write(text)
                file.flush()
                names = re.findall(r"\$\{(\w+)\}", text)
                checked = subprocess.run([os.environ["ISOCOST"], "check", file.name], capture_output=True, text=True,
                                         env={"PATH": os.environ["PATH"]} | {name: "sk-0123456789abcdef0123" for name in names})
                self.assertEqual(checked.returncode, 0, checked.stdout + checked.stderr)

    def test_pods_may_do_nothing_that_they_need_not(self):
        for values in SETS:
            kinds = self.kinds(values)
            pod = (kinds.get("StatefulSet") or kinds.get("Deployment"))["spec"]["template"]["spec"]
            container, = pod["containers"]
            self.assertTrue(pod["securityContext"]["runAsNonRoot"])
            self.assertFalse(pod["automountServiceAccountToken"])
            self.assertTrue(container["securityContext"]["readOnlyRootFilesystem"])
            self.assertEqual(container["securityContext"]["capabilities"], {"drop": ["ALL"]})
            self.assertGreater(pod["terminationGracePeriodSeconds"], container["lifecycle"]["preStop"]["sleep"]["seconds"])
            self.assertEqual(container["readinessProbe"]["httpGet"], {"path": "/readyz", "port": "admin"})

    def test_what_has_a_volume_is_one_and_what_is_many_has_none(self):
        one, several = (self.kinds(FOLDER / "examples" / name) for name in ("one.yaml", "several.yaml"))
        self.assertEqual(one["StatefulSet"]["spec"]["replicas"], 1)
        self.assertTrue(one["StatefulSet"]["spec"]["volumeClaimTemplates"])
        self.assertNotIn("replicas", several["Deployment"]["spec"])
        self.assertEqual(several["HorizontalPodAutoscaler"]["spec"]["metrics"][0]["pods"]["metric"]["name"],
                         "isocost_attempts_in_flight")
        self.assertIn("PodDisruptionBudget", several)
        self.assertIn("ServiceMonitor", several)
        self.assertNotIn("ServiceMonitor", one)

    def test_its_version_is_the_programs(self):
        version = re.search(r"project\(isocost VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
        chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
        self.assertEqual((chart["version"], chart["appVersion"]), (version, version))


class Mounted(unittest.TestCase):
    def test_secrets_may_have_the_modes_that_kubelet_gives_them_and_no_others(self):
        """In memory, and written by nobody: 0400 with a group of the pod's becomes 0440."""
        def checked(folder, mode):
            secret = pathlib.Path(folder) / "key"
            secret.write_text("sk-0123456789abcdef0123")
            secret.chmod(mode)
            file = pathlib.Path(folder) / "isocost.yaml"
            file.write_text(json.dumps({
                "providers": {"a": {"base_url": "https://a.example.com/v1", "credential": f"${{file:{secret}}}"}},
                "models": {"m": {"endpoints": [endpoint("a", "m")]}}}))
            return subprocess.run([os.environ["ISOCOST"], "check", file], capture_output=True, text=True)
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            for mode, is_good in ((0o400, True), (0o600, True), (0o440, True), (0o444, True), (0o640, False), (0o644, False)):
                done = checked(folder, mode)
                self.assertEqual(done.returncode == 0, is_good, f"{mode:o}: {done.stdout}")
        with tempfile.TemporaryDirectory(dir=ROOT / "build") as folder:
            self.assertEqual(checked(folder, 0o400).returncode, 0)
            for mode in (0o440, 0o444):
                self.assertIn("can be read by others", checked(folder, mode).stdout)

    def test_a_configmap_that_changes_is_taken_up_as_kubelet_changes_it(self):
        host = self.enterContext(ScriptedHost({"ok": behaviours.ok}, ports=1))
        gateway = Gateway({"a": host.ports[0]}, {"m": [endpoint("a", "ok")]})

        def mount(settings, number):
            """A new folder beside the old one, and one link that is replaced in a step."""
            folder = gateway.config_path.parent
            (folder / f"..{number}").mkdir()
            (folder / f"..{number}" / "isocost.yaml").write_text(json.dumps(settings))
            (folder / "..data_tmp").symlink_to(f"..{number}")
            (folder / "..data_tmp").rename(folder / "..data")

        def write():
            mount(gateway.settings, 1)
            gateway.config_path.symlink_to("..data/isocost.yaml")
        gateway.write = write
        with gateway:
            self.assertEqual(gateway.ask(question("m"))[0], 200)
            self.assertEqual(gateway.ask(question("other"))[0], 404)
            mount(gateway.settings | {"models": {"other": {"endpoints": [endpoint("a", "ok")]}}}, 2)
            gateway.hear("reload|loaded|generation|configuration")
            self.assertEqual(gateway.ask(question("other"))[0], 200)


if __name__ == "__main__":
    unittest.main()
